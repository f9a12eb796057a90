"""What a worker is started on: the broker's application with every task."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bailiwick.config.settings.production")

from bailiwick.kernel.jobs.gateways import app

app.autodiscover_tasks()

__all__ = ["app"]
