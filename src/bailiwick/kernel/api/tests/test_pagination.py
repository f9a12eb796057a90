"""Pages by cursor: complete, stable, in both directions, and strict about what they are asked."""

from typing import Any

import pytest
from django.test import Client

from bailiwick.kernel.identity.choices import MemberKind
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.tenancy.scope import enter

MEMBERS = "/api/tests/members/"
COUNTED = "/api/tests/counted/"


@pytest.fixture(autouse=True)
def programs(member: Member) -> None:
    """Eleven programs of the same minute, some of the same name."""
    with enter(member.organization_id):
        for number in range(11):
            Member.objects.create(name=f"program {number // 3}", kind=MemberKind.PROGRAM, department=f"d{number % 2}")


def walk(api: Client, address: str, step: str) -> list[dict[str, Any]]:
    pages = []
    while address:
        page = api.get(address).json()
        pages.append(page)
        address = page[step]
    return pages


@pytest.mark.parametrize("ordering", ["-id", "name", "-joined_at"])
def test_pages_hold_every_row_once_and_lead_back(api: Client, ordering: str) -> None:
    pages = walk(api, f"{MEMBERS}?page_size=5&ordering={ordering}", "next")
    rows = [row for page in pages for row in page["results"]]
    assert [len(page["results"]) for page in pages] == [5, 5, 2]
    assert len({row["id"] for row in rows}) == 12
    column = ordering.lstrip("-")
    expected = sorted(rows, key=lambda row: (row[column], row["id"]), reverse=ordering.startswith("-"))
    assert rows == expected

    back = walk(api, pages[-1]["previous"], "previous")
    assert [row for page in reversed(back) for row in page["results"]] == rows[:10]
    assert pages[0]["previous"] is None and pages[-1]["next"] is None


def test_a_page_is_one_statement_and_counts_nothing(api: Client, django_assert_num_queries: Any) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        api.get(MEMBERS, {"page_size": "5", "ordering": "name"})
    statements = [each["sql"] for each in captured if "identity_member" in each["sql"]]
    assert len(statements) == 1 and "COUNT" not in statements[0]


def test_a_filter_narrows(api: Client) -> None:
    assert len(api.get(MEMBERS, {"department": "d0"}).json()["results"]) == 6


@pytest.mark.parametrize(
    ("parameters", "named"),
    [
        ({"departement": "d0"}, "departement"),
        ({"page_size": "201"}, "page_size"),
        ({"page_size": "-1"}, "page_size"),
        ({"page_size": "²"}, "page_size"),
        ({"ordering": "password"}, "ordering"),
    ],
)
def test_a_parameter_that_is_not_understood_is_refused_by_name(
    api: Client, parameters: dict[str, str], named: str
) -> None:
    response = api.get(MEMBERS, parameters)
    assert response.status_code == 400 and list(response.json()["errors"]) == [named]


@pytest.mark.parametrize("cursor", ["x", "AAAA", "é", "WyItaWQiLGZhbHNlLG51bGwsMV0", "Ww", "W1sxXSwxLDIsM10"])
def test_a_cursor_that_no_list_gave_out_is_refused(api: Client, cursor: str) -> None:
    response = api.get(MEMBERS, {"cursor": cursor})
    assert (response.status_code, response.json()["code"]) == (400, "api.invalid_cursor")


def test_a_cursor_of_another_ordering_is_refused(api: Client) -> None:
    page = api.get(MEMBERS, {"page_size": "5", "ordering": "name"}).json()
    address = page["next"].replace("ordering=name", "ordering=-joined_at")
    assert api.get(address).json()["code"] == "api.invalid_cursor"


@pytest.mark.parametrize("ordering", ["-id", "name"])
def test_a_list_that_is_published_so_counts_and_is_paged_by_place(api: Client, ordering: str) -> None:
    pages = walk(api, f"{COUNTED}?limit=5&ordering={ordering}&department=", "next")
    assert [page["count"] for page in pages] == [12] * 3
    assert [len(page["results"]) for page in pages] == [5, 5, 2]
    rows = [row for page in pages for row in page["results"]]
    by_cursor = walk(api, f"{MEMBERS}?page_size=200&ordering={ordering}", "next")[0]["results"]
    assert rows == by_cursor
    back = walk(api, pages[-1]["previous"], "previous")
    assert [row for page in reversed(back) for row in page["results"]] == rows[:10]
    assert pages[0]["previous"] is None
    beyond = api.get(COUNTED, {"offset": "1000"}).json()
    assert (beyond["count"], beyond["next"], beyond["results"]) == (12, None, [])
    assert api.get(COUNTED, {"department": "d0"}).json()["count"] == 6


def test_with_a_cursor_it_is_a_list_like_all_others(api: Client) -> None:
    pages = walk(api, f"{COUNTED}?limit=5&cursor=", "next")
    assert [len(page["results"]) for page in pages] == [5, 5, 2]
    assert not any("count" in page for page in pages)


@pytest.mark.parametrize(
    "parameters",
    [
        {"limit": "201"},
        {"limit": "0"},
        {"offset": "-1"},
        {"offset": "x"},
        {"page_size": "5"},
        {"offset": "1", "cursor": ""},
    ],
)
def test_a_place_that_is_not_understood_is_refused_by_name(api: Client, parameters: dict[str, str]) -> None:
    response = api.get(COUNTED, parameters)
    assert response.status_code == 400 and list(response.json()["errors"]) == [next(iter(parameters))]
