"""What row-level security and audit cost on single writes, against twin tables without."""

import json
import statistics
import sys
import time
from collections.abc import Callable
from functools import cache
from typing import Any

import django
import psycopg

from bench.report import Report
from bench.stage import Stage

BACKLOG = 5_000
ROUNDS = 40
WRITES = 12
MOST_FOR_SECURITY = 1.15
MOST_FOR_AUDIT = 1.5
TWINS = """
CREATE TABLE bench_plain (LIKE predictions_reason INCLUDING ALL);
CREATE TABLE bench_secured (LIKE predictions_reason INCLUDING ALL);
CREATE TABLE bench_audited (LIKE predictions_reason INCLUDING ALL);
"""
SECURE = """
ALTER TABLE {0} ENABLE ROW LEVEL SECURITY;
CREATE POLICY {0}_organization ON {0} TO app_user USING (organization_id = (SELECT app_organization()))
    WITH CHECK (organization_id = (SELECT app_organization()));
"""
AUDIT = (
    "CREATE TRIGGER bench_changes AFTER INSERT OR UPDATE OR DELETE ON bench_audited"
    " FOR EACH ROW EXECUTE FUNCTION audit_row_change('{}', '{}')"
)


def run(stage: Stage, report: Report) -> None:
    place = stage.place(BACKLOG)
    with psycopg.connect(place.environment["DATABASE_OWNER_URL"]) as connection:
        for statement in (TWINS, SECURE.format("bench_secured"), SECURE.format("bench_audited"), AUDIT):
            connection.execute(statement)
    reviewer = place.people["reviewers"][0]["member"]
    seconds = json.loads(place.run("-m", "bench.tables", place.people["organization"], reviewer))
    for kind in ("insert", "update"):
        for name, own, twin, most in (
            ("row-level security", "bench_secured", "bench_plain", MOST_FOR_SECURITY),
            ("audit", "bench_audited", "bench_secured", MOST_FOR_AUDIT),
        ):
            values, floors = seconds[f"{kind} {own}"], seconds[f"{kind} {twin}"]
            ratio = statistics.median(a / b for a, b in zip(values, floors, strict=True))
            value, floor = statistics.median(values) * 1000, statistics.median(floors) * 1000
            report.add(f"{name}, single {kind}", value, "ms", floor=floor, ratio=ratio, target=most)


def measure(organization: str, member: str) -> dict[str, list[float]]:
    """Seconds of one write in a transaction of its own, medians of WRITES at a time, the tables in turn."""
    seconds: dict[str, list[float]] = {}
    for turn in range(ROUNDS):
        for kind in (_insert, _update):
            for table in ("bench_plain", "bench_secured", "bench_audited"):
                times = [_timed(kind, organization, member, table, turn * WRITES + each) for each in range(WRITES)]
                seconds.setdefault(f"{kind.__name__[1:]} {table}", []).append(statistics.median(times))
    return {name: values[5:] for name, values in seconds.items()}


def _timed(kind: Callable[[str, int], None], organization: str, member: str, table: str, code: int) -> float:
    from bailiwick.kernel.audit.actions import record
    from bailiwick.kernel.base.actors import ActorRef
    from bailiwick.kernel.identity.choices import Credential
    from bailiwick.kernel.identity.models import Member
    from bailiwick.kernel.tenancy.scope import enter

    subject = Member(id=member)
    begun = time.perf_counter()
    with enter(organization, member_id=member, request_id="bench-request"):  # type: ignore[arg-type]
        kind(table, code)
        if table == "bench_audited":
            actor = ActorRef(organization, member, Credential.TOKEN)  # type: ignore[arg-type]
            record(actor, "predictions.prediction.decided", subject, {"verdict": "accept"})
    return time.perf_counter() - begun


def _insert(table: str, code: int) -> None:
    _model(table).objects.create(code=code, title=f"Reason {code}", policy="What the policy says.", is_confirmed=False)


def _update(table: str, code: int) -> None:
    _model(table).objects.filter(code=code).update(title=f"Reason {code}, renamed", is_confirmed=True)


@cache
def _model(table: str) -> Any:
    """A model of a twin, so that rows are written as the product writes them."""
    from django.db import models

    from bailiwick.kernel.base.models import UUIDv7
    from bailiwick.kernel.tenancy.fields import CurrentOrganization

    fields = {
        "id": models.UUIDField(primary_key=True, db_default=UUIDv7()),
        "organization_id": models.UUIDField(db_default=CurrentOrganization()),
        "code": models.BigIntegerField(),
        "title": models.CharField(max_length=255),
        "policy": models.TextField(),
        "is_confirmed": models.BooleanField(),
        "Meta": type("Meta", (), {"app_label": "bench", "managed": False, "db_table": table}),
        "__module__": __name__,
    }
    return type(table, (models.Model,), fields)


if __name__ == "__main__":
    django.setup()
    print(json.dumps(measure(*sys.argv[1:])))
