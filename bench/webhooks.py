"""Deliveries to 100 receivers, and the same beside ten that never answer, in turn."""

import json
import os
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from uuid import UUID, uuid4

from bench.receivers import Receivers
from bench.report import Report
from bench.stage import ROOT, Stage

RECEIVERS, DEAF = 100, 10
EVENTS = 20
ROUNDS = 3
LEAST = 200.0
LEAST_SHARE = 0.9
LONGEST = 120.0


def run(stage: Stage, report: Report) -> None:
    place = stage.place(0)
    rounds = json.loads(place.run("-m", "bench.webhooks", place.people["organization"]))
    alone, beside = (statistics.median(each[way] for each in rounds) for way in ("alone", "beside"))
    share = statistics.median(each["beside"] / each["alone"] for each in rounds)
    report.add(f"deliveries to {RECEIVERS} receivers", alone, "/s", target=LEAST, met=alone >= LEAST)
    met = share >= LEAST_SHARE
    name = f"  beside {DEAF} that never answer"
    report.add(name, beside, "/s", floor=alone, ratio=share, target=LEAST_SHARE, met=met)


def measure(organization: str) -> list[dict[str, float]]:
    """Deliveries a second from the first that arrives to the last, both ways in each round."""
    from bailiwick.kernel.events.queries import list_pending
    from bailiwick.runtime import parts

    receivers, place = Receivers(RECEIVERS, DEAF), UUID(organization)
    list_pending()
    _add(place, receivers.urls)
    dispatcher = subprocess.Popen(parts.dispatcher(), cwd=ROOT, start_new_session=True)
    try:
        _time(place, receivers, 2)
        deaf = _add(place, receivers.deaf)
        rounds = []
        for _ in range(ROUNDS):
            _turn(place, deaf, is_on=False)
            alone = _time(place, receivers, EVENTS)
            _turn(place, deaf, is_on=True)
            rounds.append({"alone": alone, "beside": _time(place, receivers, EVENTS)})
        return rounds
    finally:
        os.killpg(dispatcher.pid, signal.SIGKILL)
        dispatcher.wait()


def _add(organization: UUID, urls: Sequence[str]) -> list[UUID]:
    from bailiwick.kernel.events.models import Webhook
    from bailiwick.kernel.events.rules import new_secret
    from bailiwick.kernel.tenancy.scope import enter

    with enter(organization):
        return [Webhook.objects.create(title=url, url=url, secret=new_secret()).id for url in urls]


def _turn(organization: UUID, webhooks: Sequence[UUID], *, is_on: bool) -> None:
    from bailiwick.kernel.events.models import Webhook
    from bailiwick.kernel.tenancy.scope import enter

    with enter(organization):
        Webhook.objects.filter(id__in=webhooks).update(stop="" if is_on else "hand")


def _time(organization: UUID, receivers: Receivers, events: int) -> float:
    from bailiwick.kernel.audit.actions import record
    from bailiwick.kernel.base.actors import ActorRef
    from bailiwick.kernel.jobs.models import Job
    from bailiwick.kernel.tenancy.scope import enter

    receivers.arrivals.clear()
    with enter(organization):
        for _ in range(events):
            record(ActorRef(organization, None, "system"), "jobs.job.submitted", Job(id=uuid4()), {"kind": "bench"})
    begun, wanted = time.monotonic(), events * RECEIVERS
    while len(receivers.arrivals) < wanted:
        if time.monotonic() - begun > LONGEST:
            raise TimeoutError(f"{len(receivers.arrivals)} of {wanted}")
        time.sleep(0.05)
    return wanted / (receivers.arrivals[wanted - 1] - receivers.arrivals[0])


if __name__ == "__main__":
    import django

    django.setup()
    print(json.dumps(measure(*sys.argv[1:])))
