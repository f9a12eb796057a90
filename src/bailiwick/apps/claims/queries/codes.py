"""Reading the organisation's code sets."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import orjson
from django.db import connection
from django.db.models import QuerySet
from django.utils.timezone import localdate

from bailiwick.apps.claims.choices import CodeSystem
from bailiwick.apps.claims.models import CodeSet
from bailiwick.apps.claims.rules.edits import check_code, spell
from bailiwick.apps.claims.rules.icd import stems_of
from bailiwick.apps.claims.values.cases import CodeFacts
from bailiwick.apps.claims.values.codes import CodeBook, Entry, Named, Release
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.tenancy.scope import require_scope

MOST_SETS, MOST_BELOW = 500, 12
HIERARCHIES = (CodeSystem.ICD10CM.value, CodeSystem.ICD10PCS.value)
"""Systems in which what begins as a code is what it covers."""
FIND = """
SELECT c.code_set_id, c.code, c.title, c.is_billable, c.facts
  FROM unnest(%(sets)s::uuid[], %(codes)s::text[]) wanted(code_set_id, code)
  JOIN claims_code c ON c.organization_id = %(organization)s AND c.code_set_id = wanted.code_set_id
                    AND c.code = wanted.code
"""
# What begins as a stem lies between it and the stem with the highest letter behind it: the database sorts by bytes.
BELOW = """
SELECT DISTINCT wanted.code_set_id, wanted.code, wanted.stem, found.code, found.title
  FROM unnest(%(sets)s::uuid[], %(codes)s::text[], %(stems)s::text[]) wanted(code_set_id, code, stem)
 CROSS JOIN LATERAL (
       SELECT c.code, c.title FROM claims_code c
        WHERE c.organization_id = %(organization)s AND c.code_set_id = wanted.code_set_id
          AND c.code > wanted.stem AND c.code < wanted.stem || '~' AND c.is_billable
        ORDER BY c.code LIMIT %(most)s) found
 ORDER BY 1, 2, 3, 4
"""


def list_code_sets(actor: Actor) -> QuerySet[CodeSet]:
    """Every release that the organisation has loaded, newest first."""
    return CodeSet.objects.select_related("member").order_by("-id")


def open_book(wanted: Collection[tuple[str, str]]) -> CodeBook:
    """What the organisation's lists say of some codes by system: three statements at most, however many there are."""
    releases = _list_releases({system for system, _code in wanted})
    asked = [(release.id, code) for system, code in wanted for release in releases.get(system, ())]
    labels = {release.id: release.label for every in releases.values() for release in every}
    entries = _find(asked, labels) if asked else {}
    open_sets = {release.id for system in HIERARCHIES for release in releases.get(system, ())}
    faulty = [key for key in asked if key[0] in open_sets and not _is_billable(entries.get(key))]
    return CodeBook(releases, entries, _find_below(faulty, entries) if faulty else {})


def validate_code(system: str, code: str, on: date | None) -> dict[str, Any]:
    """What is to be said of a code on a day, today unless another is given."""
    day, plain = on or localdate(), code.strip().upper()
    spelt = spell(system, plain, day)
    book = open_book([(system, spelt)])
    release, facts = book.release_on(system, day), book.look_up(system, spelt, day)
    faults = [edit.as_json() for edit in check_code(system, plain, book, day)]
    return {
        "system": system,
        "code": spelt,
        "on": day,
        "valid": not faults,
        "title": facts.title if facts else "",
        "release": release.label if release else "",
        "faults": faults,
    }


def _list_releases(systems: Collection[str]) -> dict[str, tuple[Release, ...]]:
    rows = CodeSet.objects.filter(system__in=systems).order_by("-valid_from", "-id")
    found: dict[str, tuple[Release, ...]] = {}
    for key, system, name, start, end in rows.values_list("id", "system", "release", "valid_from", "valid_until")[
        :MOST_SETS
    ]:
        found[system] = (*found.get(system, ()), Release(key, system, name, start, end))
    return found


def _is_billable(entry: Entry | None) -> bool:
    return entry is not None and entry.facts.is_billable


def _find(asked: Sequence[tuple[UUID, str]], labels: Mapping[UUID, str]) -> dict[tuple[UUID, str], Entry]:
    sets, codes = (list(column) for column in zip(*asked, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(FIND, {"sets": sets, "codes": codes, "organization": require_scope().organization_id})
        rows = cursor.fetchall()
    return {
        (key, code): _entry(labels[key], title, is_billable, orjson.loads(facts))
        for key, code, title, is_billable, facts in rows
    }


def _entry(release: str, title: str, is_billable: bool, facts: Any) -> Entry:
    told = CodeFacts(
        release,
        title,
        is_billable,
        seventh=bool(facts.get("seventh")),
        excludes=tuple(facts.get("excludes", ())),
        gender=facts.get("gender", ""),
        age_from=facts.get("age_from"),
        age_until=facts.get("age_until"),
    )
    return Entry(told, _day(facts.get("valid_from")), _day(facts.get("valid_until")))


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _find_below(
    faulty: Sequence[tuple[UUID, str]], entries: Mapping[tuple[UUID, str], Entry]
) -> dict[tuple[UUID, str], tuple[Named, ...]]:
    """For a code with others below it these; for one that does not exist what begins as it does, as far as it does."""
    asked = [
        (key, code, stem) for key, code in faulty for stem in ((code,) if (key, code) in entries else stems_of(code))
    ]
    if not asked:
        return {}
    sets, codes, stems = (list(column) for column in zip(*asked, strict=True))
    given: dict[str, Any] = {"sets": sets, "codes": codes, "stems": stems, "most": MOST_BELOW}
    with connection.cursor() as cursor:
        cursor.execute(BELOW, given | {"organization": require_scope().organization_id})
        rows = cursor.fetchall()
    nearest: dict[tuple[UUID, str], tuple[str, tuple[Named, ...]]] = {}
    for key, code, stem, below, title in rows:
        known, named = nearest.get((key, code), ("", ()))
        if len(stem) > len(known):
            nearest[key, code] = stem, ((below, title),)
        elif stem == known:
            nearest[key, code] = stem, (*named, (below, title))
    return {key: named for key, (_stem, named) in nearest.items()}
