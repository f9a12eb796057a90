"""The pages on which somebody is let go, and on which access is reviewed."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils.timezone import localdate

from bailiwick.kernel.access.actions.grants import write_grant
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.members.manifest import REVIEW_QUEUE
from bailiwick.kernel.members.models import AccessReview, ReviewedGrant
from bailiwick.kernel.members.tests.teams import Team
from bailiwick.kernel.tenancy.models import Organization
from bailiwick.kernel.testing.clients import with_session
from bailiwick.kernel.testing.factories import actor_for
from bailiwick.kernel.worklist.models import WorkItem

pytestmark = pytest.mark.django_db
NEXT = "/members/reviews/next/"


@pytest.fixture
def team(organization: Organization) -> Team:
    team = Team(organization)
    team.report(team.lead, team.administrator)
    team.report(team.administrator, team.lead)
    return team


@pytest.fixture
def ada(team: Team) -> Any:
    return with_session(team.administrator)


@pytest.fixture
def lea(team: Team) -> Any:
    return with_session(team.lead)


def text_of(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def hidden(answer: Any, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', answer.content.decode())
    assert found, name
    return found[1]


def test_the_page_names_what_would_end_and_the_button_does_it(team: Team, ada: Any) -> None:
    team.start(team.anna, team.lead)
    path = f"/people/{team.lead.id}/leave/"
    shown = text_of(ada.get(path))
    for words in (
        "Let Lea go",
        "Reviewer",
        "Access review of Anna",
        "Ada is asked instead",
        "reports to Ada from now on",
    ):
        assert words in shown
    assert ada.post(path, {"reason": ""}).status_code == 422
    assert "Has left" in text_of(ada.post(path, {"reason": "Contract over."}, follow=True))
    with team.inside():
        assert not Member.objects.get(id=team.lead.id).is_active


def test_whom_nobody_may_let_go_has_no_button(team: Team, ada: Any) -> None:
    answer = ada.get(f"/people/{team.administrator.id}/leave/")
    assert "Nobody ends their own membership" in text_of(answer)
    assert 'name="reason"' not in answer.content.decode()


def test_without_the_right_nobody_sees_it(team: Team, lea: Any) -> None:
    assert lea.get(f"/people/{team.anna.id}/leave/").status_code == 403
    assert lea.get("/members/reviews/").status_code == 403


def test_a_review_is_started_decided_and_closed_on_pages(team: Team, ada: Any, lea: Any) -> None:
    assert "No access review yet" in text_of(ada.get("/members/reviews/"))
    assert "3 people have a grant now" in text_of(ada.get("/members/reviews/new/"))
    due = localdate() + timedelta(days=3)
    answer = ada.post("/members/reviews/new/", {"title": "Autumn", "due_at": due.isoformat()})
    with team.inside():
        review = AccessReview.objects.get()
    assert answer.url == f"/members/reviews/{review.id}/"
    assert "You are asked about 2 people" in text_of(lea.get(NEXT))
    assert {sign(lea), sign(lea)} == {"Ada", "Anna"}
    assert "You are asked about nobody now" in text_of(lea.get(NEXT))
    report = text_of(ada.get(answer.url))
    assert "2 of 3" in report
    assert "Still asked" in report
    assert "Autumn" in text_of(ada.get("/members/reviews/"))
    ada.post(f"{answer.url}close/", {"ends_undecided": "on"})
    with team.inside():
        said = ReviewedGrant.objects.values_list("subject__member__name", "outcome")
        assert set(said) == {("Anna", "ended"), ("Ada", "kept"), ("Lea", "lapsed")}


def sign(client: Any) -> str:
    """Take the next and sign: Ada keeps all, Anna nothing. Says who it was."""
    client.post("/next/", {"queue": REVIEW_QUEUE.code})
    shown = client.get(NEXT)
    name, outcome = ("Ada", "kept") if "What does Ada" in text_of(shown) else ("Anna", "ended")
    data = {each: hidden(shown, each) for each in ("subject", "claim_token", "digest")}
    assert client.post(NEXT, data).status_code == 422, "nothing is said yet"
    radios = set(re.findall(r'name="(outcome-[^"]+)"', shown.content.decode()))
    assert client.post(NEXT, data | dict.fromkeys(radios, outcome)).status_code == 302
    return name


def test_what_changed_meanwhile_is_shown_anew_and_keeps_what_was_ticked(team: Team, lea: Any) -> None:
    team.start(team.anna)
    lea.post("/next/", {"queue": REVIEW_QUEUE.code})
    shown = lea.get(NEXT)
    data = {each: hidden(shown, each) for each in ("subject", "claim_token")} | {"digest": "00"}
    data |= dict.fromkeys(re.findall(r'name="(outcome-[^"]+)"', shown.content.decode()), "ended")
    answer = lea.post(NEXT, data)
    assert answer.status_code == 409
    assert "Something changed since you saw this" in text_of(answer)
    assert 'value="ended" checked' in answer.content.decode()
    with team.inside():
        assert WorkItem.objects.get(queue=REVIEW_QUEUE.code).done_at is None


def test_a_department_alone_can_be_reviewed(team: Team, ada: Any) -> None:
    with team.inside():
        Member.objects.filter(id=team.anna.id).update(department="Listings")
    due = (localdate() + timedelta(days=3)).isoformat()
    ada.post("/members/reviews/new/", {"title": "Listings", "due_at": due, "department": "Listings"})
    with team.inside():
        assert ReviewedGrant.objects.get().subject.member_id == team.anna.id


def test_about_whom_nobody_can_be_asked_is_said_beside_the_form(team: Team, ada: Any) -> None:
    team.report(team.administrator, None)
    assert "Nobody can be asked about Ada" in text_of(ada.get("/members/reviews/new/"))
    due = (localdate() + timedelta(days=3)).isoformat()
    answer = ada.post("/members/reviews/new/", {"title": "Autumn", "due_at": due})
    assert answer.status_code == 422
    assert "Nothing was started" in text_of(answer)


def test_the_desk_of_others_has_no_access_reviews(team: Team, ada: Any, lea: Any) -> None:
    team.start(team.anna)
    assert "Access reviews" in text_of(lea.get("/"))
    assert "/members/reviews/next/" not in ada.get("/").content.decode()


def test_a_report_is_exported(team: Team, ada: Any) -> None:
    review = team.start(team.anna)
    answer = ada.post(f"/members/reviews/{review.id}/", {"do": "export:csv", "all": "1"})
    assert answer.status_code == 302
    assert answer.url.startswith("/jobs/")


def test_many_grants_are_named_up_to_a_number(team: Team, ada: Any, count_statements: Any) -> None:
    path = f"/people/{team.anna.id}/leave/"
    with count_statements() as few:
        ada.get(path)
    with team.inside():
        for _number in range(60):
            write_grant(actor_for(team.administrator).ref, team.anna.id, "reader")
    with count_statements() as many:
        assert "The first 50 of them" in text_of(ada.get(path))
    assert many.count == few.count
