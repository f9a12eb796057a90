"""The Celery application: JSON messages, acknowledged after the work, no results kept."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bailiwick.config.settings.production")

app = Celery("bailiwick")
# Delivery (late acknowledgement, redelivery after a lost worker) is set there, beside the broker.
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
