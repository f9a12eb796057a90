"""What a worker is started on: the broker's application with every task."""

import gc
import os
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bailiwick.config.settings.production")

from celery.signals import worker_before_create_process
from django.urls import get_resolver

from bailiwick.kernel.jobs.gateways import app

app.autodiscover_tasks()


@worker_before_create_process.connect
def settle(**_sender: Any) -> None:
    """Load the pages that jobs read from, before the processes that run jobs are forked.

    So all share what is loaded, and their collections, which bulk work causes often, need not walk it.
    """
    get_resolver().url_patterns  # noqa: B018  reading them imports every page
    gc.collect()
    gc.freeze()


__all__ = ["app", "settle"]
