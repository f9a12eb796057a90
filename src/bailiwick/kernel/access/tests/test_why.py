"""The page and the endpoint that explain a right, and the refusal that leads to them."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django.test import RequestFactory
from django.urls import reverse
from django.utils.timezone import now

from bailiwick.kernel.access.actions import end_grant, give_grant
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.access.errors import Forbidden
from bailiwick.kernel.access.models import Grant
from bailiwick.kernel.base.errors import NotFound
from bailiwick.kernel.base.manifest import Grantable, registry
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.testing.clients import with_key, with_session, with_token
from bailiwick.kernel.testing.factories import actor_for, new_member
from bailiwick.kernel.web.errors import refuse

ROLE, RIGHT = "reviewer", "predictions.review"
THING = "identity.member"
DAY = timedelta(days=1)
PAGE, ENDPOINT = "/access/why/", "/api/access/explain/"


def find_thing(actor: Actor, key: Any) -> Member:
    """What a grant is over in these tests: a member of the organisation."""
    thing = Member.objects.filter(id=key).first()
    if thing is None:
        raise NotFound
    return thing


@pytest.fixture(autouse=True)
def _in_scope(monkeypatch: pytest.MonkeyPatch, scope: Any, organization: Any) -> Iterator[None]:
    kind = Grantable(THING, "Desk", f"{__name__}.find_thing", "identity:person")
    monkeypatch.setitem(registry().grantables, THING, kind)
    with scope(organization):
        yield


@pytest.fixture
def chief(organization: Any) -> Member:
    return new_member(organization, "administrator", name="Chief")


@pytest.fixture
def someone(organization: Any) -> Member:
    return new_member(organization, name="Somebody")


def give(chief: Member, member: Member, **values: Any) -> Grant:
    with transaction.atomic():
        return give_grant(actor=actor_for(chief), member_id=member.id, role=ROLE, **values)


def page_of(reader: Member, status: int = 200, **query: Any) -> str:
    answer = with_session(reader).get(PAGE, query)
    assert answer.status_code == status
    return answer.content.decode()


def ask(reader: Member, status: int = 200, **query: Any) -> Any:
    answer = with_token(reader).get(ENDPOINT, query)
    assert answer.status_code == status, answer.content
    return answer.json()


def test_the_page_tells_the_chain(chief: Member, someone: Member, organization: Any) -> None:
    first = new_member(organization, name="First")
    give(chief, first, is_passable=True)
    give(first, someone, valid_until=now() + DAY)
    page = page_of(chief, member=someone.id, right=RIGHT)
    for part in ("Yes", "Somebody", "as the product declares it", "passed on by First", "of First", "given by Chief"):
        assert part in page
    assert "Who can give it" not in page


def test_the_page_tells_what_is_missing_and_who_can_help(chief: Member, someone: Member) -> None:
    end_grant(actor=actor_for(chief), grant_id=give(chief, someone).id)
    page = page_of(someone, right=RIGHT)
    assert "No" in page
    assert "by Chief." in page
    assert "Who can give it" in page


def test_the_page_opens_with_a_question_only(chief: Member, someone: Member) -> None:
    assert 'id="answer"' not in page_of(chief)
    page = page_of(chief, member=someone.id)
    assert f'<option value="{someone.id}" selected>' in page
    assert 'id="id_member"' not in page_of(someone)
    assert "Desk" in page_of(chief, member=someone.id, over=f"{THING}:{chief.id}")


def test_what_the_page_does_not_understand_is_said_in_the_form(chief: Member, someone: Member) -> None:
    for wrong in ({"right": "a.b"}, {"right": RIGHT, "at": "soon"}, {"right": RIGHT, "at": "2999-01-01T00:00:00"}):
        assert "field-error" in page_of(chief, 422, **wrong)
    page_of(chief, 422, right=RIGHT, member="me")
    page_of(chief, 404, right=RIGHT, member=uuid4())
    page_of(chief, 404, right=RIGHT, over="identity.member:me")
    assert "access.explain" in page_of(someone, 403, right=RIGHT, member=chief.id)


def test_a_moment_and_a_thing_are_asked_about_by_the_address(chief: Member, someone: Member) -> None:
    give(chief, someone, over=chief)
    over = f"{THING}:{chief.id}"
    assert "Desk" in page_of(chief, member=someone.id, right=RIGHT, over=over)
    held = now().isoformat()
    assert ask(chief, member=someone.id, right=RIGHT, over=over, at=held)["is_allowed"] is True
    before = (now() - DAY).isoformat()
    answer = ask(chief, member=someone.id, right=RIGHT, over=over, at=before)
    assert (answer["is_allowed"], answer["obstacle"]) == (False, "not_yet")
    assert "Was no member yet." in page_of(chief, member=someone.id, right=RIGHT, at=before)


def test_the_endpoint_answers_the_same(chief: Member, someone: Member) -> None:
    grant = give(chief, someone, over=chief, is_passable=True)
    answer = ask(someone, right=RIGHT, over=f"{THING}:{chief.id}")
    assert (answer["is_allowed"], answer["member"]["name"], answer["helpers"]) == (True, "Somebody", [])
    [chain] = answer["chains"]
    assert (chain["role"]["code"], chain["role"]["is_contained"], chain["fault"]) == (ROLE, True, None)
    [told] = chain["grants"]
    assert (told["id"], told["giver"]["name"], told["is_passable"]) == (str(grant.id), "Chief", True)
    answer = ask(someone, right=RIGHT)
    assert (answer["is_allowed"], answer["misses"][0]["fault"]) == (False, "elsewhere")
    assert [helper["name"] for helper in answer["helpers"]] == ["Chief"]


def test_the_endpoint_refuses_as_every_other(chief: Member, someone: Member, other_organization: Any) -> None:
    assert "right" in ask(chief, 400)["errors"]
    assert "right" in ask(chief, 400, right="a.b")["errors"]
    assert "at" in ask(chief, 400, right=RIGHT, at="soon")["errors"]
    assert "who" in ask(chief, 400, right=RIGHT, who="me")["errors"]
    ask(chief, 404, right=RIGHT, member=new_member(other_organization).id)
    ask(chief, 404, right=RIGHT, over=f"{THING}:{uuid4()}")
    ask(chief, 404, right=RIGHT, over=f"tests.thing:{uuid4()}")
    assert ask(someone, 403, right=RIGHT, member=chief.id)["right"] == "access.explain"


def test_a_key_is_told_that_it_leaves_the_right_out(organization: Any) -> None:
    program = new_member(organization, ROLE, kind="program")
    answer = with_key(program, scopes=["predictions.submit"]).get(ENDPOINT, {"right": RIGHT}).json()
    assert (answer["is_allowed"], answer["obstacle"]) == (False, "key")


def test_a_refused_page_explains_itself_and_leads_on(chief: Member, someone: Member) -> None:
    end_grant(actor=actor_for(chief), grant_id=give(chief, someone).id)
    refused = with_session(someone).get(reverse("access:roles"))
    page = refused.content.decode()
    assert refused.status_code == 403
    assert f"{PAGE}?right=access.manage" in page
    assert "Chief" in page


def test_a_refusal_over_a_thing_is_explained_over_it(chief: Member, someone: Member, organization: Any) -> None:
    passer = new_member(organization, name="Passer")
    give(chief, passer, over=chief, is_passable=True)
    request: Any = RequestFactory().get("/")
    request.request_id, request.actor, request.refusals = "request-of-a-test", actor_for(someone), []
    with pytest.raises(Forbidden) as refused:
        request.actor.require(RIGHT, over=chief)
    page = refuse(request, refused.value).content.decode()
    for part in (f"right={RIGHT}&amp;over={THING}%3A{chief.id}", "None gives such a role over this now.", "Passer"):
        assert part in page
