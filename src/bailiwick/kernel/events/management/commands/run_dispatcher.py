"""The dispatcher part."""

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand

from bailiwick.kernel.events import dispatching
from bailiwick.kernel.events.sending import Sender


class Command(BaseCommand):
    help = "Hands events on to notices and webhooks, and sends what webhooks are to get, until a signal."

    def handle(self, *args: Any, **options: Any) -> None:
        stop, sender = threading.Event(), Sender()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        thread = threading.Thread(target=_run_then, args=(lambda: sender.run(stop.is_set), stop.set))
        thread.start()
        _run_then(lambda: dispatching.run(stop.wait, sender.tell), stop.set)
        sender.tell()
        thread.join()


def _run_then(run: Any, end: Any) -> None:
    """One that ends takes the other along: the part is started anew as a whole."""
    try:
        run()
    finally:
        end()
