"""The scheduler part."""

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand

from bailiwick.kernel.jobs.scheduling import Scheduler


class Command(BaseCommand):
    help = "Tells workers what they were not told, and makes what comes round by the clock, until a signal."

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        Scheduler().run(stop.wait)
