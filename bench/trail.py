"""A page of the trail with filters, at two million events against two hundred thousand."""

import json
import statistics
import sys
from typing import Any

import django
import psycopg

from bench.load import Client, p95
from bench.people import add_person
from bench.report import Report
from bench.stage import Place, Stage

MANY, FEWER = 2_000_000, 200_000
BACKLOG = 5_000
ROUNDS, WARM = 40, 10
MOST_APART = 1.3
MOST_MILLISECONDS = 150
MONTHS = 12
MONTH = """
SELECT format('CREATE TABLE IF NOT EXISTS audit_event_%%s PARTITION OF audit_event FOR VALUES FROM (%%L) TO (%%L)',
              to_char(first_day, 'YYYY_MM'), audit_first_key(first_day), audit_first_key(next_day))
  FROM (SELECT date_trunc('month', now()) - make_interval(months => %(month)s) AS first_day,
               date_trunc('month', now()) - make_interval(months => %(month)s - 1) AS next_day)
"""
# Over a year: a common verb of a common member, one that is rare, and a pair of which each is common and both are rare.
FILL = """
SET session_replication_role = replica;
INSERT INTO audit_event (id, organization_id, at, verb, subject_type, subject_id, member_id, credential, request_id,
                         address, data)
SELECT uuidv7(-passed), %(organization)s, now() - passed, verb, 'predictions.prediction', uuidv7(),
       CASE WHEN verb = 'jobs.job.submitted' AND n %% 20000 > 0 THEN (%(members)s::uuid[])[1]
            ELSE (%(members)s::uuid[])[2 + n %% 15] END,
       CASE n %% 5000 WHEN 0 THEN 'key' ELSE 'session' END, 'request-' || n / 2, '192.0.2.1', '{"reason": "Because."}'
  FROM (SELECT n, (%(count)s - n) * (interval '300 days' / %(count)s) AS passed,
               CASE WHEN n %% 10000 = 0 THEN 'access.role.added' WHEN n %% 3 = 0 THEN 'jobs.job.submitted'
                    WHEN n %% 3 = 1 THEN 'predictions.prediction.decided' ELSE 'predictions.prediction.submitted'
               END AS verb
          FROM generate_series(1, %(count)s::bigint) n) given
"""


def run(stage: Stage, report: Report) -> None:
    places = {size: stage.place(BACKLOG, f"bench_trail_{size}") for size in (FEWER, MANY)}
    clients = {size: place.client(_fill(place, size)) for size, place in places.items()}
    members = {size: [each["member"] for each in place.people["reviewers"]] for size, place in places.items()}
    for turn in range(ROUNDS + WARM):
        if turn == WARM:
            for client in clients.values():
                client.seconds.clear()
        for size, client in clients.items():
            for name, path in _pages(members[size]).items():
                _get(client, name, path)
    for name in _pages(members[MANY]):
        many, fewer = (clients[size].seconds[name] for size in (MANY, FEWER))
        ratio = statistics.median(a / b for a, b in zip(_smooth(many), _smooth(fewer), strict=True))
        value, floor = (statistics.median(times) * 1000 for times in (many, fewer))
        report.add(f"trail, {name}", value, "ms", floor=floor, ratio=ratio, target=MOST_APART)
        report.add(f"  p95 of {name}", p95(many), "ms", target=MOST_MILLISECONDS)


def _pages(members: list[str]) -> dict[str, str]:
    return {
        "no filter": "/audit/",
        "verb": "/audit/?verb=predictions.prediction.decided",
        "member": f"/audit/?member={members[3]}",
        "verb and member": f"/audit/?verb=predictions.prediction.decided&member={members[3]}",
        "two that rarely meet": f"/audit/?verb=jobs.job.submitted&member={members[3]}",
        "part of the platform": "/audit/?app=predictions",
        "a rare part": "/audit/?app=access",
        "a credential alone": "/audit/?credential=key",
    }


def _fill(place: Place, count: int) -> str:
    """Events over a year in partitions by month; gives the token of somebody who may read them all."""
    place.run("-m", "django", "collectstatic", "--no-input", "--verbosity", "0")
    members = [each["member"] for each in place.people["reviewers"]]
    values = {"organization": place.people["organization"], "members": members, "count": count}
    with psycopg.connect(
        place.superuser_url, autocommit=True, cursor_factory=psycopg.ClientCursor, options="-c TimeZone=UTC"
    ) as connection:
        for month in range(1, MONTHS):
            found = connection.execute(MONTH, {"month": month}).fetchone()
            assert found
            connection.execute(found[0])
        with connection.transaction():
            connection.execute(FILL, values)
        connection.execute("VACUUM (ANALYZE) audit_event")
        connection.execute("CHECKPOINT")
    return str(json.loads(place.run("-m", "bench.trail", place.people["organization"]))["token"])


def seed(organization: str) -> dict[str, str]:
    from bailiwick.kernel.base.actors import ActorRef
    from bailiwick.kernel.identity.choices import Credential
    from bailiwick.kernel.tenancy.scope import enter

    system = ActorRef(organization, None, Credential.SYSTEM)  # type: ignore[arg-type]
    with enter(organization):  # type: ignore[arg-type]
        return add_person(system, "Ada Auditor", "auditor")


def _get(client: Client, label: str, path: str) -> Any:
    status, body = client.send(label, "GET", path)
    assert status == 200, body
    assert b"data-rows" in body or b"further" in body or b"Nothing matches" in body


def _smooth(values: list[float]) -> list[float]:
    """Medians of five at a time: a single answer says little."""
    return [statistics.median(values[start : start + 5]) for start in range(0, len(values), 5)]


if __name__ == "__main__":
    django.setup()
    print(json.dumps(seed(sys.argv[1])))
