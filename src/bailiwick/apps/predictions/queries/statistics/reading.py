"""Reading the statistics: tallies, what was decided since they were taken, and what still waits; nine statements."""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

import orjson
from django.db import connection
from django.utils.timezone import get_current_timezone_name, now

from bailiwick.apps.predictions.manifest import AUDIT, MANAGE
from bailiwick.apps.predictions.models import ModelVersion, Reason
from bailiwick.apps.predictions.queries.records import Who
from bailiwick.apps.predictions.queries.statistics.deltas import (
    CHOSEN,
    NEW,
    STANDING,
    TALLIES,
    bounds,
    keys_of,
    sums_of,
)
from bailiwick.apps.predictions.queries.statistics.figures import (
    Agreement,
    Cell,
    Day,
    Model,
    Quality,
    ReasonFigures,
    Reviewer,
    Statistics,
    pairs_of,
    table_of,
)
from bailiwick.apps.predictions.queries.statistics.scopes import Scope
from bailiwick.apps.predictions.queries.statistics.work import get_work
from bailiwick.apps.predictions.rules.intervals import Share
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.tenancy.scope import require_scope

TALLIED = """SELECT {columns} FROM predictions_{tally}tally
     WHERE organization_id = %(organization)s AND hour >= %(since)s AND hour < %(until)s
     UNION ALL
    """
NARROWED = """{tally}_all AS (
    SELECT * FROM ({tallied}SELECT {columns} FROM {tally}_part) every WHERE {narrowed}
)"""
# One statement, so that all figures are of one moment, whatever is decided or counted meanwhile.
PARTS = """
, by_day AS MATERIALIZED (
    SELECT (hour AT TIME ZONE %(zone)s)::date AS day, is_sampled, model_id, bin, verdict, final, is_changed,
           sum(n) AS n, sum(stated) AS stated, sum(squares) AS squares
      FROM verdict_all GROUP BY 1, 2, 3, 4, 5, 6, 7
)
SELECT 'cell', json_build_array(is_sampled, model_id, bin, verdict, final, is_changed, sum(n), sum(stated)::float8,
                                sum(squares)::float8)::text
  FROM by_day GROUP BY is_sampled, model_id, bin, verdict, final, is_changed HAVING sum(n) <> 0
UNION ALL
SELECT 'day', json_build_array(day, is_changed, sum(n))::text FROM by_day GROUP BY day, is_changed HAVING sum(n) <> 0
UNION ALL
SELECT 'reason', json_build_array(is_sampled, reason_id, outcome, sum(n))::text
  FROM reason_all GROUP BY is_sampled, reason_id, outcome HAVING sum(n) <> 0
UNION ALL
SELECT 'opinion', json_build_array(member_id, kind, sum(n), sum(seconds))::text
  FROM opinion_all GROUP BY member_id, kind HAVING sum(n) <> 0
UNION ALL
SELECT 'pair', json_build_array(first_id, second_id, first, second, sum(n))::text
  FROM pair_all GROUP BY first_id, second_id, first, second HAVING sum(n) <> 0
"""
Rows = dict[str, list[list[Any]]]


def get_statistics(actor: Actor, scope: Scope) -> Statistics:
    """Everything that is known of a scope; of reviewers, who neither audits nor manages sees themselves alone."""
    moment = now()
    rows = _read(scope)
    sees_all = actor.may((AUDIT, MANAGE))
    members = _members(rows)
    pairs = [(UUID(one), UUID(two), first, second, n) for one, two, first, second, n in rows["pair"]]
    opinions = [(UUID(member), kind, n, seconds) for member, kind, n, seconds in rows["opinion"]]
    reviewers = _reviewers(opinions, pairs, members)
    models = _models(rows["cell"])
    reasons = _reasons(rows["reason"])
    cells = [Cell(row[0], row[1] and UUID(row[1]), *row[2:]) for row in rows["cell"]]
    sampled, other = (
        Quality([each for each in cells if each.is_sampled == is_sampled], reasons[is_sampled], models)
        for is_sampled in (True, False)
    )
    return Statistics(
        moment,
        get_work(actor, scope),
        _days(rows["day"]),
        sampled,
        other,
        Agreement(table_of((first, second, n) for _one, _two, first, second, n in pairs)),
        pairs_of(pairs, members.__getitem__) if sees_all else [],
        [each for each in reviewers if sees_all or each.who.id == actor.member_id],
        sum(n for member, kind, n, _seconds in opinions if member == actor.member_id and kind == "opinion"),
    )


def _read(scope: Scope) -> Rows:
    values = bounds(require_scope().organization_id) | {
        "grain": "hour" if scope.is_tallied else "minute",
        "zone": get_current_timezone_name(),
        "since": scope.decided_since or "-infinity",
        "until": scope.decided_until or "infinity",
        "models": list(scope.models or ()),
        "is_sampled": scope.is_sampled,
    }
    if scope.is_tallied:
        statement, tallied = NEW, TALLIED
    else:
        chosen, more = scope.keys()
        statement, tallied = CHOSEN.format(chosen=chosen), ""
        values |= more
    every = ", ".join(_narrowed(tally, scope, tallied) for tally in TALLIES)
    found: Rows = {part: [] for part in ("cell", "day", "reason", "opinion", "pair")}
    with connection.cursor() as cursor:
        cursor.execute(f"WITH {statement} {STANDING}, {every} {PARTS}", values)
        for part, row in cursor.fetchall():
            found[part].append(orjson.loads(row))
    return found


def _narrowed(tally: str, scope: Scope, tallied: str) -> str:
    columns = ", ".join((*keys_of(tally), *sums_of(tally)))
    narrowed = ["true"]
    if scope.models is not None:
        narrowed.append("model_id = ANY (%(models)s)")
    if scope.is_sampled is not None:
        narrowed.append("is_sampled = %(is_sampled)s")
    return NARROWED.format(
        tally=tally,
        columns=columns,
        tallied=tallied.format(tally=tally, columns=columns),
        narrowed=" AND ".join(narrowed),
    )


def _members(rows: Rows) -> dict[UUID, Who]:
    keys = {row[0] for row in rows["opinion"]} | {key for row in rows["pair"] for key in row[:2]}
    found = Member.objects.filter(id__in=keys).values_list("id", "name", "kind")
    return {key: Who(key, name, kind) for key, name, kind in found}


def _models(cells: list[list[Any]]) -> dict[UUID | None, Model]:
    keys = {row[1] for row in cells if row[1]}
    found = ModelVersion.objects.filter(id__in=keys).values_list("id", "name", "version")
    return {None: Model(None)} | {row[0]: Model(*row) for row in found}


def _reasons(rows: list[list[Any]]) -> dict[bool, list[ReasonFigures]]:
    """Of the random sample and of the rest, those that were given oftenest first."""
    named = Reason.objects.filter(id__in={row[1] for row in rows}).values_list("id", "code", "title")
    titles = {str(key): (code, title) for key, code, title in named}
    counted: dict[bool, dict[str, Counter[str]]] = {True: {}, False: {}}
    for is_sampled, key, outcome, n in rows:
        counted[is_sampled].setdefault(key, Counter())[outcome] += n
    return {
        is_sampled: sorted(
            (ReasonFigures(*titles[key], each["confirmed"], each["overridden"], each["added"]) for key, each in found),
            key=lambda each: (-each.accuracy.n, -each.added, each.code),
        )
        for is_sampled, found in ((sample, counts.items()) for sample, counts in counted.items())
    }


def _days(rows: list[list[Any]]) -> list[Day]:
    counted: dict[str, Counter[bool]] = {}
    for day, is_changed, n in rows:
        counted.setdefault(day, Counter())[is_changed] += n
    return [Day(date.fromisoformat(day), each[False], each[True]) for day, each in sorted(counted.items())]


def _reviewers(
    opinions: Iterable[tuple[UUID, str, int, int]],
    pairs: Iterable[tuple[UUID, UUID, str, str, int]],
    members: dict[UUID, Who],
) -> list[Reviewer]:
    """Whoever gave most opinions first."""
    counted: dict[UUID, Counter[str]] = {}
    count = partial(_count, counted)
    for member, kind, n, seconds in opinions:
        count(member, kind, n)
        count(member, "seconds", seconds if kind == "opinion" else 0)
    for one, two, first, second, n in pairs:
        for member in (one, two):
            count(member, "compared", n)
            count(member, "same", n if first == second else 0)
    found = [
        Reviewer(
            members[key],
            each["opinion"],
            each["seconds"],
            Share(each["same"], each["compared"]),
            Share(each["right"], each["right"] + each["wrong"]),
        )
        for key, each in counted.items()
    ]
    return sorted(found, key=lambda each: (-each.opinions, each.who.name, str(each.who.id)))


def _count(counted: dict[UUID, "Counter[str]"], member: UUID, what: str, n: int) -> None:
    counted.setdefault(member, Counter())[what] += n
