"""The application that a web server serves; it does not start while a system check refuses it."""

import gc
import os

from django.core.checks import Error, run_checks
from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bailiwick.config.settings.production")

application = get_wsgi_application()

if refusals := [problem for problem in run_checks() if isinstance(problem, Error)]:
    raise ImproperlyConfigured("\n".join(str(problem) for problem in refusals))

# What is loaded by now lives as long as the process: collections, which bulk work causes often, need not walk it.
gc.freeze()
