"""Paging by position, forth and back."""

from typing import Any

import pytest

from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.web.cursors import Position, Slice, decode, follow, names_of, place_of, slice_rows
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


def test_rows_that_share_what_they_are_ordered_by_come_once_each(organization: Any, member: Any, scope: Any) -> None:
    for number in range(8):
        member(organization, kind="program", name="same" if number < 5 else "zzz")
    with scope(organization):
        for order in ("name,id", "-name,id"):
            expected = list(Member.objects.order_by(*names_of(order)).values_list("id", flat=True))
            seen, cursor, back = [], "", ""
            while True:
                part = page(cursor, order)
                seen += [row.id for row in part.rows]
                back, cursor = part.newer or back, part.older
                if not cursor:
                    break
            assert seen == expected
            assert [row.id for row in page(back, order).rows] == expected[-5:-2]
            walked: list[Any] = []
            while found := follow(
                Member.objects.all(), order, place_of(walked[-1], order) if walked else None, SIZE, keys_only=True
            ):
                walked += found
            assert [row.pk for row in walked] == expected


@pytest.mark.parametrize("place", ["x", "[]", '["a"]', '["a", "b"]', "null"])
def test_a_place_of_another_order_is_refused(names: Any, place: str) -> None:
    with pytest.raises(InvalidAddress):
        page(Position(False, place, 0).encode(), "name,id")
