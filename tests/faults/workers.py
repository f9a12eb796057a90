"""What real workers of the fault tests are started on: the product's application, and kinds of jobs for tests."""

import django

from bailiwick.config.celery import app

django.setup()

from bailiwick.kernel.jobs.tests.factories import register_kinds  # noqa: E402  models need Django set up

register_kinds()

__all__ = ["app"]
