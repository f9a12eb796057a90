"""The application that a web server serves."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bailiwick.config.settings.production")

application = get_wsgi_application()
