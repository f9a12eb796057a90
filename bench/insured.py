"""Claims of insurance, a million of them: a filtered list of a hundred for each role, and a status for ten thousand."""

import base64
import json
import statistics
import time
from typing import Any
from urllib.parse import quote

import django
import orjson
import psycopg

from bench.load import Client, p95
from bench.people import add_person
from bench.report import Report
from bench.stage import Place, Stage

CLAIMS = 1_000_000
ROUNDS = 40
MOST_STATEMENTS = 6
MOST_BARE_VIEWS = 3
MOST_APART = 1.3
MANY = 10_000
MOST_SECONDS, MOST_BULK_STATEMENTS = 2.0, 20
SINCE = "2025-06-01"
LIST = f"/api/claims/?limit=100&status=submitted&from_date={SINCE}"
ROLES = ("claims-admin", "claims-finance", "claims-processor", "provider", "patient")
# As a superuser, without the triggers of foreign keys: what is written here is right by construction. A patient has
# 1,000 claims, a provider 2,000, a processor 5,000; every second one is open, and in half of these the day is in reach.
FILL = """
SET session_replication_role = replica;
INSERT INTO claims_patient (organization_id, number, first_name, last_name, date_of_birth, gender, email, phone,
    member_id)
SELECT %(organization)s, 'P-' || n, 'Ada', 'Byron ' || n, '1985-12-10', 'female', 'ada@example.org', '123',
       CASE n WHEN 1 THEN %(patient)s::uuid END FROM generate_series(1, greatest(%(count)s / 1000, 1)::bigint) n;
INSERT INTO claims_provider (organization_id, name, npi, taxonomy, is_in_network, is_excluded, member_id)
SELECT %(organization)s, 'Clinic ' || n, '', '', true, false, CASE n WHEN 1 THEN %(provider)s::uuid END
  FROM generate_series(1, greatest(%(count)s / 2000, 1)::bigint) n;
CREATE TEMP TABLE treated ON COMMIT DROP AS
    SELECT id, row_number() OVER (ORDER BY id) - 1 AS place, count(*) OVER () AS total FROM claims_patient;
CREATE TEMP TABLE billing ON COMMIT DROP AS
    SELECT id, row_number() OVER (ORDER BY id) - 1 AS place, count(*) OVER () AS total FROM claims_provider;
INSERT INTO claims_claim (organization_id, number, version, external_id, source, kind, use, patient_id, provider_id,
    assigned_processor_id, status, stage, pend, settled, is_live, edition, revision, diagnosis_code, procedure_code,
    diagnoses, amount, currency, service_date, place_of_service, is_paper, more, edits, rejection_reason)
SELECT %(organization)s, 'C-' || n, 1, '', 'api', 'professional', 'claim', treated.id, billing.id,
       CASE n %% 200 WHEN 0 THEN %(processor)s::uuid END,
       CASE n / 2 %% 2 WHEN 0 THEN 'submitted' ELSE 'rejected' END,
       CASE n / 2 %% 2 WHEN 0 THEN 'accepted' ELSE 'denied' END,
       '', '{}', true, 1, 1, 'C00.0', '10001', '[{"code": "C00.0", "kind": "principal"}]', 100 + n %% 900, 'USD',
       date '2025-01-01' + (n * 7919 %% 600)::int, '11', false, '{}', '[]', NULL
  FROM generate_series(1, %(count)s::bigint) n
  JOIN treated ON treated.place = n * 31 / 7 %% treated.total
  JOIN billing ON billing.place = n * 17 / 5 %% billing.total
 ORDER BY n;
"""
LAST = """
SELECT id FROM claims_claim WHERE organization_id = %s AND is_live AND status = 'submitted' AND service_date >= %s
   AND (%s = '' OR to_jsonb(claims_claim) ->> %s = %s) ORDER BY id OFFSET 100 LIMIT 1
"""
OPEN = "SELECT id FROM claims_claim WHERE organization_id = %s AND stage = 'accepted' ORDER BY id LIMIT %s OFFSET %s"


def run(stage: Stage, report: Report) -> None:
    place = stage.place(0, "bench_insured")
    people = json.loads(place.run("-m", "bench.insured", place.people["organization"]))
    _fill(place, people)
    for role in ROLES:
        _list(place, people, role, report)
    _many(place, people, report)


def _fill(place: Place, people: dict[str, Any]) -> None:
    members = {role.rpartition("-")[2]: each["member"] for role, each in people.items()}
    values = members | {"organization": place.people["organization"], "count": CLAIMS}
    print(f"  Filling in {CLAIMS:,} claims ...", flush=True)
    with psycopg.connect(place.superuser_url, autocommit=True, cursor_factory=psycopg.ClientCursor) as connection:
        with connection.transaction():
            connection.execute(FILL, values)
        connection.execute("VACUUM (ANALYZE) claims_claim, claims_patient, claims_provider")
        connection.execute("CHECKPOINT")


def _list(place: Place, people: dict[str, Any], role: str, report: Report) -> None:
    """The first and the last page of what a role sees, each beside a view that does no more than it must."""
    column, key = _narrowed(place, people[role]["member"], role)
    [(before,)] = place.query(LAST, place.people["organization"], SINCE, column, column, key)
    client, bare = place.client(people[role]["key"]), f"/bench/claims?since={SINCE}&column={column}&key={key}"
    asked = {
        "first": (f"{LIST}&cursor=", bare),
        "last": (f"{LIST}&cursor={_cursor(str(before))}", f"{bare}&before={before}"),
    }
    for turn in range(ROUNDS + 10):
        if turn == 10:
            client.seconds.clear()
        for name, (path, plain) in asked.items():
            _get(client, f"{name}, bare", plain)
            _get(client, name, path)
    for name in asked:
        times, floors = client.seconds[name], client.seconds[f"{name}, bare"]
        ratio = statistics.median(a / b for a, b in zip(times, floors, strict=True))
        floor, median = statistics.median(floors) * 1000, statistics.median(times) * 1000
        title = f"claims of {role}, {name} page"
        report.add(title, median, "ms", floor=floor, ratio=ratio, target=MOST_BARE_VIEWS)
        report.add("  p95", p95(times), "ms", floor=p95(floors))
    apart = statistics.median(client.seconds["last"]) / statistics.median(client.seconds["first"])
    report.add("  pages apart", statistics.median(client.seconds["last"]) * 1000, "ms", ratio=apart, target=MOST_APART)
    each, _seen = place.statements(lambda: sum(_get(client, "", asked["first"][0]) for _ in range(10)))
    report.add("  statements", each, "statements", target=MOST_STATEMENTS)


def _narrowed(place: Place, member: str, role: str) -> tuple[str, str]:
    """By which column what a role sees is its own; none for who sees all."""
    if role == "claims-processor":
        return "assigned_processor_id", member
    if role in ("provider", "patient"):
        [(key,)] = place.query(f"SELECT id FROM claims_{role} WHERE member_id = %s", member)
        return f"{role}_id", str(key)
    return "", ""


def _cursor(before: str) -> str:
    return quote(base64.urlsafe_b64encode(orjson.dumps(["-id", False, None, before])).rstrip(b"=").decode())


def _get(client: Client, label: str, path: str) -> int:
    status, body = client.send(label, "GET", path)
    assert status == 200, body
    assert len(orjson.loads(body)["results"]) == 100, len(orjson.loads(body)["results"])
    return 1


def _many(place: Place, people: dict[str, Any], report: Report) -> None:
    """A status for ten thousand claims in one request."""
    client = place.client(people["claims-admin"]["key"])
    many = min(MANY, CLAIMS // 10)
    # The first hundred go unmeasured: an organisation whose queues have never held anything is not what is asked about.
    for turn, (count, status) in enumerate(((100, "under_review"), (many, "under_review"), (many, "rejected"))):
        ids = [str(key) for (key,) in place.query(OPEN, place.people["organization"], count, 0)]
        seconds: list[float] = []

        def work(ids: list[str] = ids, status: str = status, seconds: list[float] = seconds) -> int:
            begun = time.perf_counter()
            body = orjson.dumps({"claim_ids": ids, "status": status, "reason": "As the bench asks."})
            code, answer = client.send("", "POST", "/api/claims/bulk-status-update/", body)
            seconds.append(time.perf_counter() - begun)
            assert (code, orjson.loads(answer)) == (200, {"updated_count": len(ids), "errors": []}), answer[:500]
            return 1

        each, seen = place.statements(work)
        if turn == 0:
            continue
        report.add(f"{len(ids):,} claims {status}", seconds[0], "s", target=MOST_SECONDS)
        report.add(f"{len(ids):,} claims {status}, statements", each, "statements", target=MOST_BULK_STATEMENTS)
        if each > MOST_BULK_STATEMENTS:
            print(*seen, sep="\n")


def seed(organization_id: str) -> dict[str, Any]:
    """Somebody of each role, with a key."""
    from bailiwick.kernel.base.actors import ActorRef
    from bailiwick.kernel.identity.choices import Credential
    from bailiwick.kernel.tenancy.scope import enter

    with enter(organization_id):  # type: ignore[arg-type]
        system = ActorRef(organization_id, None, Credential.SYSTEM)  # type: ignore[arg-type]
        return {role: add_person(system, f"Insured {role}", role) for role in ROLES}


if __name__ == "__main__":
    import sys

    django.setup()
    print(json.dumps(seed(*sys.argv[1:])))
