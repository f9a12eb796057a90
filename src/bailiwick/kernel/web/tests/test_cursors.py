"""Paging by position, forth and back."""

from typing import Any

import pytest

from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.web.cursors import Slice, decode, slice_rows
from bailiwick.kernel.web.errors import InvalidAddress

pytestmark = pytest.mark.django_db

SIZE = 3


@pytest.fixture
def names(organization: Any, member: Any, scope: Any) -> Any:
    for number in range(8):
        member(organization, kind="program", name=f"{number}")
    with scope(organization):
        yield lambda part: [row.name for row in part.rows]


def page(cursor: str = "", order: str = "-id") -> Slice:
    return slice_rows(Member.objects.all(), order, decode(cursor), SIZE)


def test_pages_follow_each_other_and_lead_back(names: Any) -> None:
    first = page()
    second = page(first.older)
    third = page(second.older)
    assert (names(first), names(second), names(third)) == (["7", "6", "5"], ["4", "3", "2"], ["1", "0"])
    assert [(part.first, part.last) for part in (first, second, third)] == [(1, 3), (4, 6), (7, 8)]
    assert (first.newer, third.older) == ("", "")
    back = page(third.newer)
    assert (names(back), back.first) == (["4", "3", "2"], 4)
    again = page(back.newer)
    assert (names(again), again.first, again.newer) == (["7", "6", "5"], 1, "")


def test_oldest_first_pages_the_same_way(names: Any) -> None:
    first = page(order="id")
    assert names(first) == ["0", "1", "2"]
    assert names(page(first.older, order="id")) == ["3", "4", "5"]


def test_new_rows_move_nothing(names: Any, organization: Any, member: Any) -> None:
    first = page()
    member(organization, kind="program", name="new")
    assert names(page(first.older)) == ["4", "3", "2"]


@pytest.mark.parametrize("cursor", ["x", "!", "WzEsMl0=", "bnVsbA==", "WzAsICJ4IiwgM10="])
def test_what_no_page_wrote_is_refused(names: Any, cursor: str) -> None:
    with pytest.raises(InvalidAddress):
        page(cursor)
