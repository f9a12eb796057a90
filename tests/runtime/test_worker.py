"""What a worker does before it forks the processes that run jobs."""

import json
import subprocess
import sys

FORKING = """
import gc, json, sys
import django
django.setup()
from celery.signals import worker_before_create_process
from bailiwick.config.celery import app
worker_before_create_process.send(app)
loaded, kept = "bailiwick.apps.predictions.web.lists" in sys.modules, gc.get_freeze_count()
print(json.dumps({"is_loaded": loaded, "is_kept": kept > len(gc.get_objects())}))
"""


def test_a_worker_shares_its_pages_with_processes_whose_collections_pass_over_them() -> None:
    told = subprocess.run([sys.executable, "-c", FORKING], check=True, stdout=subprocess.PIPE, text=True).stdout
    assert json.loads(told) == {"is_loaded": True, "is_kept": True}
