"""The dispatcher part."""

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand

from bailiwick.kernel.events import dispatching


class Command(BaseCommand):
    help = "Hands events on to notices and webhooks, until a signal."

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        dispatching.run(stop.wait)
