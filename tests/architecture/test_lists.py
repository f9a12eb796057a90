"""Every list of the platform is made by the one component, and so has its views, columns, actions and exports."""

import re
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model, UniqueConstraint
from django.urls import get_resolver
from django.utils.timezone import is_aware

from bailiwick.kernel.api.checks import walk
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.clients import with_session
from bailiwick.kernel.testing.factories import actor_for
from bailiwick.kernel.web.columns import exported
from bailiwick.kernel.web.cursors import fields_of, names_of
from bailiwick.kernel.web.selection import Selection, reopen
from bailiwick.kernel.web.tables import ListPage
from tests.isolation.addresses import KEYS, addresses, fill, received
from tests.worlds import World

TABLES = {
    "DashboardPage": "figures, each of which opens its list",
    "ComparisonPage": "figures, each of which opens its list",
    "CheckPage": "what would become of a file: a few counts and sentences of something that is not stored",
    "ColumnsPage": "the first rows of a file as they would be read, which are no records yet",
    "ResultPage": "what became of a file: three counts, each of which opens its list",
    "DeskPage": "what waits in each queue and what I hold: a summary, each line of which opens its list",
    "SimulationPage": "figures of a trial by outcome; the claims that change are a list of their own",
    "EventPage": "what one request changed, column by column",
    "HistoryPage": "what changed in one record, column by column",
    "Proof": "the three ways in which seals are kept, and what was sealed on each of seven days",
    "RecordPage": "the reasons of one prediction, the lines and payments of one claim",
    "DocumentsPage": "the documents of one claim",
    "ReviewPage": "why nothing is left for me: a few counts, each of which opens its list",
}
"""Pages that show a table and are no list, with the reason."""
PARTS = (
    'id="views"',
    'id="keep-view"',
    'id="columns"',
    'id="export"',
    'class="form-check-input row-tick"',
    'id="selection"',
)
PLAIN = (str, bool, int, float, Decimal, date, datetime, type(None))


def lists() -> Iterator[tuple[str, Any, type[ListPage]]]:
    """Every address at which a list answers."""
    for route, pattern in walk(get_resolver().url_patterns):
        page = getattr(pattern.callback, "view_class", None)
        if page and issubclass(page, ListPage):
            yield route, pattern, page


def test_tables_of_records_come_from_the_one_component(mine: World) -> None:
    """A page that draws a table of its own is a list that nobody can narrow, save or export."""
    found = {}
    for keyed in (True, False):
        for route, pattern in addresses(keyed=keyed):
            answer = received(
                with_session(mine.everybody, raise_request_exception=False).get(fill(route, pattern, mine))
            )
            if answer.streaming or not (main := re.search(rb"<main.*?</main>", answer.content, re.DOTALL)):
                continue
            drawn = re.findall(rb"<table\b[^>]*", main[0])
            names = {template.name for template in answer.templates}
            if len(drawn) > ("web/_list.html" in names and any(b"data-rows" in each for each in drawn)):
                found[getattr(pattern.callback, "view_class", pattern.callback).__name__] = route
    assert set(found) - set(TABLES) == set(), found


def test_every_list_has_all_that_lists_have(mine: World) -> None:
    faults, seen = {}, set()
    for route, pattern, page in lists():
        answer = with_session(mine.everybody).get(fill(route, pattern, mine))
        text = answer.content.decode()
        if "data-rows" in text:
            seen.add(page)
            faults[route] = [part for part in PARTS if part not in text]
    assert len(seen) > 1
    assert {page for _route, _pattern, page in lists()} == seen, "a list without rows in the worlds proves nothing"
    assert not {route: missing for route, missing in faults.items() if missing}


def test_columns_have_names_that_stay(mine: World) -> None:
    for _name, page in opened(mine):
        codes = [column.code for column in page.columns if column.is_data]
        assert all(re.fullmatch(r"[a-z][a-z_]*", code) for code in codes), page
        assert len(set(codes)) == len(codes), page
        assert len({action.code for action in page.bulk}) == len(page.bulk), page


def test_every_list_is_walked_by_a_field_with_a_unique_index(mine: World) -> None:
    """Else a page or an export would skip rows, or read all of them for each page."""
    for _name, page in opened(mine):
        model = page.rows().model
        for name in {page.order, *(column.sort for column in page.columns if column.sort)}:
            fields = fields_of(name)
            assert is_unique(model, fields[-1]), f"{type(page).__name__}: {name}"
            indexed = [index.fields for index in model._meta.indexes]
            assert len(fields) == 1 or ["organization", *fields] in indexed, f"{type(page).__name__}: {name}"


def test_every_column_gives_exports_a_plain_value(mine: World) -> None:
    for _name, page in opened(mine):
        for row in page.present(list(page.rows().order_by(*names_of(page.order))[:5])):
            for code, _heading, value in exported(page.columns):
                given = value(row)
                assert isinstance(given, PLAIN), f"{type(page).__name__}, {code}: {given!r}"
                assert not isinstance(given, datetime) or is_aware(given), code
                assert not isinstance(given, str) or "</" not in given, f"{type(page).__name__}, {code}: {given!r}"


def opened(world: World) -> Iterator[tuple[str, ListPage]]:
    """Each list as a job opens it for an export."""
    actor = actor_for(world.everybody)
    with enter(world.organization.id, member_id=world.everybody.id):
        for route, pattern, _page in lists():
            match = get_resolver().resolve(f"/{fill(route, pattern, world)}".replace("//", "/"))
            place = {name: str(KEYS[name](world)) for name in pattern.pattern.converters}
            yield match.view_name, reopen(Selection(match.view_name, place, "", is_all=True), actor)


def is_unique(model: type[Model], name: str) -> bool:
    """Whether rows of one organisation differ in a field, and an index knows it."""
    try:
        field: Any = model._meta.get_field(name)
    except FieldDoesNotExist:
        return False
    rules = [
        rule.fields for rule in model._meta.constraints if isinstance(rule, UniqueConstraint) and not rule.condition
    ]
    return field.unique or ("organization", name) in rules
