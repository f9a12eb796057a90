"""The life of a session: how it begins, what it may do, and how it ends."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils.timezone import now

from bailiwick.kernel.access.entry import NotTaken, enter_by_session
from bailiwick.kernel.audit.models import Event
from bailiwick.kernel.base.actors import ActorRef
from bailiwick.kernel.base.callers import Caller
from bailiwick.kernel.base.errors import NotFound
from bailiwick.kernel.identity.actions import (
    add_member,
    end_own_sessions,
    end_session,
    remove_old_sessions,
    switch_session,
)
from bailiwick.kernel.identity.errors import ConfinedHere, MethodNotTaken
from bailiwick.kernel.identity.models import Member, Session, SignInPolicy, User
from bailiwick.kernel.identity.queries import list_sessions
from bailiwick.kernel.identity.tokens import new_pair
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.clients import acting_in, bearer, session_of, with_session, with_token
from bailiwick.kernel.testing.factories import new_member, new_organization

pytestmark = pytest.mark.django_db

LIST = "/api/predictions/"


@pytest.fixture
def someone(organization: Any) -> Member:
    return new_member(organization, "model-owner")


def elsewhere_too(member: Member) -> Member:
    """The same person's membership in another organisation."""
    place = new_organization()
    with enter(place.id):
        return add_member(ActorRef(place.id, None, "system"), name="x", kind="person", user_id=member.user_id)


def ask(member: Member, **values: Any) -> None:
    """Have a member's organisation ask for something."""
    with enter(member.organization_id):
        SignInPolicy.objects.update_or_create(defaults=values)


def change(session: Session, **values: Any) -> None:
    with enter(session.organization_id):
        Session.objects.filter(id=session.id).update(**values)


def opens(session: Session) -> Any:
    """What a request gets by this session: an actor, NotTaken or None."""
    with enter(new_organization().id), enter_by_session(session.id, kind=session.kind, request_id="r") as found:
        return found


def test_a_session_knows_how_somebody_came_in(someone: Member) -> None:
    session = session_of(someone, method="passkey", is_confined=True, agent="Firefox", address="192.0.2.7")
    actor = acting_in(session)
    assert (actor.session_id, actor.method, actor.is_confined) == (session.id, "passkey", True)
    assert actor.authenticated_at is not None
    [seen] = list_sessions(actor)
    assert (seen.agent, str(seen.address), seen.is_live) == ("Firefox", "192.0.2.7", True)


@pytest.mark.parametrize(
    ("kind", "values", "lives"),
    [
        ("browser", {}, True),
        ("browser", {"last_used_at": timedelta(hours=1, seconds=5)}, False),
        ("browser", {"started_at": timedelta(days=2, seconds=5)}, False),
        ("token", {"last_used_at": timedelta(hours=1, seconds=5)}, True),
        ("token", {"started_at": timedelta(days=2, seconds=5)}, False),
    ],
)
def test_a_session_ends_by_itself(someone: Member, kind: str, values: dict[str, timedelta], lives: bool) -> None:
    ask(someone, idle=3600, absolute=2 * 86_400)
    session = session_of(someone, kind)
    change(session, **{name: now() - age for name, age in values.items()})
    assert (opens(session) is not None) is lives


def test_without_a_policy_a_browser_is_forgotten_after_half_a_day(someone: Member) -> None:
    session = session_of(someone)
    change(session, last_used_at=now() - timedelta(hours=11))
    assert opens(session)
    change(session, last_used_at=now() - timedelta(hours=13))
    assert opens(session) is None


def test_what_the_organisation_does_not_take_opens_nothing_whatever_the_door(someone: Member) -> None:
    session, browser, token = session_of(someone), with_session(someone), with_token(someone)
    ask(someone, methods=["passkey"])
    found = opens(session)
    assert isinstance(found, NotTaken)
    assert found.asked == ["passkey"]
    assert (browser.get(LIST).status_code, token.get(LIST).status_code) == (401, 401)
    answer = browser.get("/accounts/me/", follow=True)
    assert answer.redirect_chain[0][0].startswith("/accounts/login")
    assert "asks for another way of signing in" in answer.content.decode()
    ask(someone, methods=["passkey", "password"])
    assert browser.get("/accounts/me/").status_code == 200


def test_one_member_comes_in_whatever_is_asked(someone: Member, organization: Any) -> None:
    session, other = session_of(someone), session_of(new_member(organization))
    ask(someone, methods=["provider"], break_glass=someone)
    assert not isinstance(opens(session), NotTaken)
    assert isinstance(opens(other), NotTaken)


def test_a_browsers_session_is_none_of_a_token_nor_the_reverse(someone: Member) -> None:
    browser, family = session_of(someone), session_of(someone, "token")
    pair = new_pair(browser.id, uuid4(), {"user_id": str(someone.user_id)})
    assert bearer(pair["access"]).get(LIST).status_code == 401
    assert with_session(someone, session=family).get(LIST).status_code == 401


def test_the_oldest_session_makes_room(someone: Member) -> None:
    ask(someone, most_sessions=2)
    sessions = [session_of(someone) for _ in range(3)]
    assert [opens(session) is not None for session in sessions] == [False, True, True]
    with enter(someone.organization_id):
        assert Event.objects.filter(verb="identity.session.ended", data__why="crowded").count() == 1


def test_use_is_noted_once_a_minute_and_where_the_browser_is_another(someone: Member) -> None:
    session = session_of(someone, agent="one", address="127.0.0.1")
    client = with_session(someone, session=session)

    def used(agent: str) -> Any:
        client.get("/accounts/me/", headers={"User-Agent": agent})
        with enter(someone.organization_id):
            return Session.objects.get(id=session.id)

    first = used("one")
    assert used("one").last_used_at == first.last_used_at
    moved = used("two")
    assert (moved.agent, moved.last_used_at > first.last_used_at) == ("two", True)
    change(session, last_used_at=now() - timedelta(minutes=2))
    assert used("two").last_used_at > moved.last_used_at


def test_one_ends_a_session_of_ones_own_wherever_it_is(someone: Member) -> None:
    there = elsewhere_too(someone)
    actor, far = acting_in(session_of(someone)), session_of(there)
    with enter(actor.organization_id, member_id=actor.member_id):
        end_session(actor, far.id)
        for gone in (far.id, session_of(new_member(new_organization())).id, uuid4()):
            with pytest.raises(NotFound):
                end_session(actor, gone)
    assert opens(far) is None


def test_a_confined_session_sees_ends_and_opens_nothing_elsewhere(someone: Member) -> None:
    there = elsewhere_too(someone)
    actor, far = acting_in(session_of(someone, method="provider", is_confined=True)), session_of(there)
    with enter(actor.organization_id, member_id=actor.member_id):
        assert {each.organization_id for each in list_sessions(actor)} == {someone.organization_id}
        with pytest.raises(NotFound):
            end_session(actor, far.id)
        end_own_sessions(actor)
        with pytest.raises((ConfinedHere, NotFound)):
            switch_session(actor, member_id=there.id, caller=Caller(), request_id="r")
    assert opens(far)


def test_pages_of_a_confined_session_know_no_other_organisation(someone: Member) -> None:
    there = elsewhere_too(someone)
    session_of(there)
    confined = with_session(someone, session=session_of(someone, method="provider", is_confined=True))
    free = with_session(someone)
    with enter(there.organization_id):
        name = there.organization.name
    for path in ("/", "/accounts/sessions/", "/accounts/me/", "/accounts/security/"):
        assert name not in confined.get(path).content.decode()
    assert name in free.get("/").content.decode()
    listed = confined.get("/api/auth/sessions/").json()["sessions"]
    assert {each["organization"] for each in listed} == {someone.organization.slug}
    assert confined.post("/organization/", {"membership": str(there.id)}).status_code == 403


def test_switching_takes_the_proof_along_and_ends_the_session_here(someone: Member) -> None:
    there, session = elsewhere_too(someone), session_of(someone, method="two_factor")
    change(session, authenticated_at=now() - timedelta(hours=3), started_at=now() - timedelta(days=3))
    actor = acting_in(session)
    with enter(actor.organization_id, member_id=actor.member_id):
        following = switch_session(actor, member_id=there.id, caller=Caller(), request_id="r")
    assert opens(session) is None
    arrived = acting_in(following)
    assert (arrived.member_id, arrived.method, arrived.authenticated_at) == (
        there.id,
        "two_factor",
        actor.authenticated_at,
    )
    change(following, ended_at=None)
    ask(there, absolute=2 * 86_400)
    assert opens(following) is None


def test_nobody_switches_to_where_their_way_in_is_not_taken(someone: Member) -> None:
    there = elsewhere_too(someone)
    ask(there, methods=["passkey"])
    client = with_session(someone)
    answer = client.post("/organization/", {"membership": str(there.id)})
    assert answer.status_code == 403
    assert "asks for another way of signing in: Passkey." in answer.content.decode()
    assert client.get("/").status_code == 200
    actor = acting_in(session_of(someone))
    with pytest.raises(MethodNotTaken) as refusal, enter(actor.organization_id, member_id=actor.member_id):
        switch_session(actor, member_id=there.id, caller=Caller(), request_id="r")
    assert refusal.value.data["asked"] == ["passkey"]


def test_the_session_is_of_whoever_the_member_is(someone: Member) -> None:
    """A row whose person and membership do not belong together opens nothing."""
    session = session_of(someone)
    change(session, user_id=new_member(new_organization()).user_id)
    assert opens(session) is None


def test_long_over_is_forgotten(someone: Member) -> None:
    old, young = session_of(someone), session_of(someone)
    change(old, last_used_at=now() - timedelta(days=91), started_at=now() - timedelta(days=92))
    with enter(someone.organization_id):
        assert remove_old_sessions() == 1
        assert set(Session.objects.filter(user_id=someone.user_id)) == {young}


def test_the_page_names_each_device_and_ends_one_or_all_others(someone: Member) -> None:
    firefox = "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0"
    client, other, third = with_session(someone), session_of(someone, agent=firefox), session_of(someone, "token")
    page = client.get("/accounts/sessions/").content.decode()
    assert "Firefox on Windows" in page
    assert page.count("this one") == 1
    assert client.post(f"/accounts/sessions/{other.id}/end/")["Location"] == "/accounts/sessions/"
    assert client.post(f"/accounts/sessions/{other.id}/end/").status_code == 404
    assert opens(third)
    client.post("/accounts/sessions/end/")
    assert opens(third) is None
    assert client.get("/accounts/sessions/").status_code == 200


def test_whoever_comes_in_anew_takes_the_place_of_who_was_there(someone: Member) -> None:
    session = session_of(someone)
    client = with_session(someone, session=session)
    login = User.objects.get(id=str(someone.user_id)).username
    client.post("/accounts/login", {"login": login, "password": "a sentence that is long enough"})
    assert opens(session) is None
    assert client.get("/accounts/me/").status_code == 200


@pytest.mark.parametrize("stored", [{}, {"organization": "x", "member": "y", "at": "z"}])
def test_a_cookie_of_another_make_is_nobody(db: None, stored: Any) -> None:
    client = Client()
    session = client.session
    session["signed_in"] = stored
    session.save()
    assert client.get("/").status_code == 302
