"""What every list can do: views, columns, chips, and actions on many rows."""

import re
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.jobs.models import Job
from bailiwick.kernel.web.actions import change_view, remove_view, save_view
from bailiwick.kernel.web.bulk import AT_ONCE
from bailiwick.kernel.web.models import SavedView
from bailiwick.kernel.web.tests.members import ADDRESS, URLCONF

pytestmark = [pytest.mark.django_db, pytest.mark.urls(URLCONF)]

PARTIAL = {"HX-Request": "true"}


@pytest.fixture
def me(organization: Any, member: Any) -> Any:
    return member(organization, name="Ada")


@pytest.fixture
def client(me: Any, session_client: Any) -> Client:
    return session_client(me)


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def heads_of(page: str) -> list[str]:
    found = re.findall(r'role="columnheader" scope="col" class="[^"]*"[^>]*>(.*?)</th>', page, re.DOTALL)
    return [re.sub(r"<[^>]+>", "", each).strip() for each in found[1:]]


def tabs_of(page: str) -> dict[str, bool]:
    """Titles of the views as shown, and whether each is the current one."""
    found = re.findall(r'id="view-\d+"([^>]*)>(.*?)</a>', page)
    return {re.sub(r"<[^>]+>", "", text).strip(): "aria-current" in more for more, text in found}


def key_of(page: str, title: str) -> str:
    found = re.search(r'name="view" value="([^"]+)"', page)
    assert found, title
    return found[1]


# Columns


def test_hidden_columns_are_offered_and_chosen_ones_shown_as_declared(client: Client) -> None:
    page = text_of(client.get(ADDRESS))
    assert heads_of(page) == ["Name", "Department", "Length"]
    assert 'name="columns" value="id"' in page
    assert heads_of(text_of(client.get(f"{ADDRESS}?columns=id&columns=length"))) == ["Name", "Length", "Number"]


@pytest.mark.parametrize("query", ["columns=nothing", "columns=", "columns=%3Cb%3E"])
def test_columns_that_do_not_exist_change_nothing(client: Client, query: str) -> None:
    assert heads_of(text_of(client.get(f"{ADDRESS}?{query}"))) == ["Name", "Department", "Length"]


def test_filters_and_columns_carry_each_other_along(client: Client) -> None:
    page = text_of(client.get(f"{ADDRESS}?q=Ada&columns=length&sort=id"))
    search, choice = (part.split("</form>")[0] for part in page.split("<form")[1:] if 'method="get"' in part)
    assert '<input type="hidden" name="columns" value="length">' in search
    assert '<input type="hidden" name="sort" value="id">' in search
    assert '<input type="hidden" name="q" value="Ada">' in choice
    assert '<input type="hidden" name="sort" value="id">' in choice


# Chips


def test_filters_of_several_values_and_days_read_as_sentences_and_go_away(client: Client) -> None:
    page = text_of(client.get(f"{ADDRESS}?kind=person&kind=program&since=2026-11-02"))
    assert "Kind is <b>Person or Program</b>" in page
    assert "Since <b>2 Nov 2026</b>" in page
    assert 'data-filter="since"' in page
    assert (
        f'href="{ADDRESS}?since=2026-11-02" hx-get="{ADDRESS}?since=2026-11-02" aria-label="Remove filter: Kind is"'
        in page
    )


# Views


def test_a_view_keeps_filters_order_and_columns(client: Client, organization: Any, member: Any, scope: Any) -> None:
    member(organization, kind="program")
    address = f"{ADDRESS}?kind=program&sort=id&columns=name&columns=id"
    answer = client.post(f"{address}&cursor=", {"do": "view:save", "title": "Programs by age"})
    assert (answer.status_code, answer["Location"]) == (302, address)
    page = text_of(client.get(address))
    assert tabs_of(page) == {"All": False, "Programs": False, "Programs by age": True}
    assert heads_of(page) == ["Name", "Number"]
    with scope(organization):
        assert SavedView.objects.get().query == "kind=program&sort=id&columns=name&columns=id"


def test_a_declared_view_is_current_by_its_filters(client: Client) -> None:
    assert tabs_of(text_of(client.get(f"{ADDRESS}?kind=program&sort=id")))["Programs"]


def test_views_are_mine_unless_i_share_them(
    client: Client, me: Any, organization: Any, member: Any, session_client: Any
) -> None:
    colleague = session_client(member(organization))
    client.post(f"{ADDRESS}?q=a", {"do": "view:save", "title": "Mine alone"})
    client.post(f"{ADDRESS}?q=b", {"do": "view:save", "title": "For all", "is_shared": "on"})
    assert {"Mine alone", "shared: For all"} <= set(tabs_of(text_of(client.get(ADDRESS))))
    seen = set(tabs_of(text_of(colleague.get(ADDRESS))))
    assert "shared: For all" in seen
    assert "Mine alone" not in seen


def test_a_title_is_given_once_and_the_form_comes_back(client: Client, organization: Any, scope: Any) -> None:
    client.post(f"{ADDRESS}?q=a", {"do": "view:save", "title": "Twice"})
    answer = client.post(f"{ADDRESS}?q=b", {"do": "view:save", "title": "Twice"})
    assert answer.status_code == 422
    assert "You have a view of this title already" in text_of(answer)
    assert client.post(f"{ADDRESS}?q=b", {"do": "view:save", "title": " "}).status_code == 422
    with scope(organization):
        assert SavedView.objects.count() == 1


def test_a_view_is_changed_and_removed_by_its_owner_alone(
    client: Client, organization: Any, member: Any, session_client: Any, scope: Any
) -> None:
    client.post(f"{ADDRESS}?q=a", {"do": "view:save", "title": "Before", "is_shared": "on"})
    key = key_of(text_of(client.get(f"{ADDRESS}?q=a")), "Before")
    colleague = session_client(member(organization))
    for what in ("change", "remove"):
        answer = colleague.post(ADDRESS, {"do": f"view:{what}", "view": key, "title": "Taken over"})
        assert answer.status_code == 404
    answer = client.post(f"{ADDRESS}?q=a", {"do": "view:change", "view": key, "title": "After"})
    assert answer["Location"] == f"{ADDRESS}?q=a"
    assert "After" in tabs_of(text_of(client.get(ADDRESS)))
    assert client.post(ADDRESS, {"do": "view:remove", "view": key}).status_code == 302
    assert "After" not in tabs_of(text_of(client.get(ADDRESS)))
    assert client.post(f"{ADDRESS}?q=a", {"do": "view:save", "title": "After"}).status_code == 302


def test_views_are_kept_by_actions(me: Any, organization: Any, actor_of: Any, scope: Any) -> None:
    actor = actor_of(me)
    with scope(organization):
        view = save_view(actor=actor, list_name="a", title="A", query="", is_shared=False)
        change_view(actor=actor, view_id=view.id, title="B", is_shared=True)
        remove_view(actor=actor, view_id=view.id)
        view.refresh_from_db()
        assert (view.title, view.is_shared, view.removed_at is None) == ("B", True, False)


def test_counts_come_after_the_page(client: Client, organization: Any, member: Any) -> None:
    for _ in range(3):
        member(organization, kind="program")
    assert "<span>3</span>" not in text_of(client.get(ADDRESS))
    part = text_of(client.get(f"{ADDRESS}?part=views&q=nothing", headers=PARTIAL))
    assert "<html" not in part
    assert re.search(r"Programs <span>3</span>", part)
    assert "part=views" not in part


def test_a_saved_view_that_is_not_understood_any_more_has_no_count(client: Client) -> None:
    client.post(f"{ADDRESS}?since=soon", {"do": "view:save", "title": "Old"})
    assert "Old</a>" in text_of(client.get(f"{ADDRESS}?part=views", headers=PARTIAL))


# Actions on many rows


def test_each_row_is_done_or_skipped_with_its_reason(
    client: Client, organization: Any, member: Any, scope: Any
) -> None:
    people = [member(organization, name=f"Person {number}") for number in range(2)]
    program = member(organization, kind="program", name="Robot <b>", department="here")
    keys = [str(each.id) for each in (*people, program)]
    page = text_of(client.post(ADDRESS, {"do": "bulk:move", "row": keys}))
    assert "Move away: 2 done, 1 skipped." in page
    assert "<b>Robot &lt;b&gt;</b>: Robots sit nowhere." in page
    with scope(organization):
        assert set(Member.objects.filter(id__in=keys).values_list("department", flat=True)) == {"moved", "here"}


def test_all_that_match_are_those_of_the_filters(client: Client, organization: Any, member: Any, scope: Any) -> None:
    for number in range(25):
        member(organization, kind="program" if number else "person", name=f"Match {number}")
    address = f"{ADDRESS}?q=Match&kind=program"
    answer = client.post(address, {"do": "bulk:move", "all": "1", "row": str(uuid4())})
    assert answer["Location"] == address
    assert "24 done." in text_of(client.get(answer["Location"]))
    with scope(organization):
        assert Member.objects.filter(department="moved").count() == 24


def test_an_action_asks_for_its_right_and_its_reason(client: Client, me: Any, organization: Any, scope: Any) -> None:
    page = text_of(client.get(ADDRESS))
    assert "Move to" in page
    assert "Do what few may" not in page
    row = {"row": str(me.id)}
    assert client.post(ADDRESS, {"do": "bulk:secret", **row}).status_code == 403
    assert client.post(ADDRESS, {"do": "bulk:name", **row}).status_code == 400
    assert client.post(ADDRESS, {"do": "bulk:name", "reason:name": "Attic", **row}).status_code == 302
    with scope(organization):
        assert Member.objects.get(id=me.id).department == "Attic"


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"do": "x"},
        {"do": "view:x", "title": "x"},
        {"do": "export:pdf", "all": "1"},
        {"do": "bulk:move"},
        {"do": "bulk:move", "row": "x"},
    ],
)
def test_a_form_that_no_page_of_ours_sent_is_refused(client: Client, form: dict[str, str]) -> None:
    assert client.post(ADDRESS, form).status_code == 400


def test_nothing_happens_to_rows_of_others(client: Client, other_organization: Any, member: Any, scope: Any) -> None:
    stranger = member(other_organization)
    answer = client.post(ADDRESS, {"do": "bulk:move", "row": str(stranger.id)}, follow=True)
    assert "0 done." in text_of(answer)
    with scope(other_organization):
        assert Member.objects.get(id=stranger.id).department == ""


def test_many_rows_are_done_by_a_job(client: Client, organization: Any, member: Any, scope: Any) -> None:
    with scope(organization):
        Member.objects.bulk_create(Member(id=uuid4(), kind="program", name=f"M {n}") for n in range(AT_ONCE + 1))
    answer = client.post(f"{ADDRESS}?q=M ", {"do": "bulk:move", "all": "1"})
    with scope(organization):
        job = Job.objects.get()
        assert answer["Location"] == f"/jobs/{job.id}/"
        assert (job.kind, job.arguments["action"], job.arguments["is_all"]) == ("web.bulk", "move", True)
        assert not Member.objects.filter(department="moved").exists()
