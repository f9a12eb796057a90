"""The sender: takes deliveries that are due, has threads speak to the receivers, and writes what came of it.

Any number of senders may run at one time: what one holds the others pass over, and what it held when it died is free.
"""

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from queue import Empty, SimpleQueue
from uuid import UUID

import structlog
from django.db import DatabaseError, InterfaceError, connection

from bailiwick.kernel.events.actions.deliveries import finish_deliveries, take_deliveries
from bailiwick.kernel.events.gateways import Post
from bailiwick.kernel.events.queries import list_sendable
from bailiwick.kernel.events.rules import headers_of
from bailiwick.kernel.events.values import Outcome, Parcel
from bailiwick.kernel.jobs.claiming import new_hold
from bailiwick.kernel.tenancy.scope import enter

PERIOD = 1.0
THREADS, SLOW_THREADS = 128, 32
"""Deliveries under way at a time; those to receivers that let us wait have threads of their own."""
SHARE = 32
"""Deliveries that one organisation is given before the others have their turn."""
MOST_OF_ONE = {False: THREADS * 3 // 4, True: SLOW_THREADS * 3 // 4}
"""Of an organisation under way: receivers of one that all let us wait leave room for the others."""
FAREWELL = 8.0
"""Seconds that a sender that is to stop waits for what it has under way."""
HOLD = "SELECT pg_advisory_lock(%s)"
logger = structlog.get_logger(__name__)


class Sender:
    """One connection to the database, whatever number of receivers; a sign of life is a lock of that connection."""

    def __init__(self) -> None:
        self._post = Post()
        self._pools = {False: ThreadPoolExecutor(THREADS), True: ThreadPoolExecutor(SLOW_THREADS)}
        self._free = {False: THREADS, True: SLOW_THREADS}
        self._taken: Counter[tuple[UUID, bool]] = Counter()
        self._done: SimpleQueue[Outcome | None] = SimpleQueue()
        self._due: dict[UUID, bool] = {}
        self._hold = 0
        self._looked_at = 0.0

    def run(self, is_stopped: Callable[[], bool]) -> None:
        """Send until `is_stopped()`. A database that is away is waited for."""
        while not is_stopped():
            try:
                self.turn(PERIOD)
            except (DatabaseError, InterfaceError):
                logger.warning("sender_waits", exc_info=True)
                self._hold = 0
                with suppress(DatabaseError, InterfaceError):
                    connection.close()
                time.sleep(PERIOD)
        self.close()

    def tell(self) -> None:
        """From any thread: there may be something to send."""
        self._done.put(None)

    def turn(self, patience: float) -> int:
        """Write what came back within `patience` seconds, and send what is due; how many are under way."""
        outcomes, is_told = self._collect(0 if self._due and self._free[False] else patience)
        self._finish(outcomes)
        if is_told or time.monotonic() - self._looked_at >= PERIOD:
            self._looked_at = time.monotonic()
            self._due |= dict.fromkeys(list_sendable(), True)
        for outcome in outcomes:
            organization_id = outcome.parcel.organization_id
            self._due[organization_id] = self._due.get(organization_id, False) or outcome.parcel.is_slow
        for organization_id, are_slow_asked in list(self._due.items()):
            self._take(organization_id, are_slow_asked)
        return self.under_way

    @property
    def under_way(self) -> int:
        return THREADS + SLOW_THREADS - sum(self._free.values())

    def close(self) -> None:
        """Wait a little for what is under way; what does not come back in time others send again."""
        ends = time.monotonic() + FAREWELL
        with suppress(DatabaseError, InterfaceError):
            while self.under_way and time.monotonic() < ends:
                self._finish(self._collect(0.5)[0])
        for pool in self._pools.values():
            pool.shutdown(wait=False, cancel_futures=True)
        if self._hold:
            connection.close()

    def _collect(self, patience: float) -> tuple[list[Outcome], bool]:
        """All that came back, after waiting for the first; and whether there may be more to send."""
        outcomes, is_told = [], False
        with suppress(Empty):
            found = self._done.get(timeout=patience)
            while True:
                if found is None:
                    is_told = True
                else:
                    outcomes.append(found)
                    self._free[found.parcel.is_slow] += 1
                    self._taken[found.parcel.organization_id, found.parcel.is_slow] -= 1
                found = self._done.get_nowait()
        return outcomes, is_told

    def _finish(self, outcomes: Iterable[Outcome]) -> None:
        by_organization: dict[UUID, list[Outcome]] = defaultdict(list)
        for outcome in outcomes:
            by_organization[outcome.parcel.organization_id].append(outcome)
        for organization_id, own in by_organization.items():
            with enter(organization_id):
                finish_deliveries(outcomes=own)

    def _take(self, organization_id: UUID, are_slow_asked: bool) -> None:
        """Whoever has more than its share comes again after the others. The slow are asked for once a second."""
        if not self._free[False] and not (are_slow_asked and self._free[True]):
            return
        del self._due[organization_id]
        asked = (False, True) if are_slow_asked else (False,)
        most = {is_slow: self._room(organization_id, is_slow) for is_slow in asked}
        if not any(most.values()):
            return
        with enter(organization_id):
            self._keep_hold()
            parcels = [
                parcel
                for is_slow, number in most.items()
                if number
                for parcel in take_deliveries(hold=self._hold, most=number, is_slow=is_slow)
            ]
        for parcel in parcels:
            self._free[parcel.is_slow] -= 1
            self._taken[organization_id, parcel.is_slow] += 1
            self._pools[parcel.is_slow].submit(self._send, parcel)
        if len(parcels) >= SHARE:
            self._due[organization_id] = False

    def _room(self, organization_id: UUID, is_slow: bool) -> int:
        """How many more of it may go now; each that comes back has it asked for again."""
        own = MOST_OF_ONE[is_slow] - self._taken[organization_id, is_slow]
        return max(min(self._free[is_slow], SHARE, own), 0)

    def _keep_hold(self) -> None:
        """A lock of the session outlives the transaction in which it was taken."""
        if not self._hold:
            hold = new_hold()
            with connection.cursor() as cursor:
                cursor.execute(HOLD, [hold])
            self._hold = hold

    def _send(self, parcel: Parcel) -> None:
        try:
            message = parcel.message
            headers = headers_of(parcel.secrets, message.id, int(time.time()), message.body)
            outcome = self._post.send(parcel, headers)
        except Exception:
            logger.warning("webhook_failed", webhook=str(parcel.webhook_id), exc_info=True)
            outcome = Outcome(parcel, None, failure="fault")
        self._done.put(outcome)
