"""What an organisation asks of whoever signs in, and showing again who one is."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils.timezone import now

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.access.errors import Forbidden
from bailiwick.kernel.audit.models import Event
from bailiwick.kernel.base.errors import InvalidInput
from bailiwick.kernel.identity.actions import require_fresh
from bailiwick.kernel.identity.actions.confirming import confirm_by_password
from bailiwick.kernel.identity.actions.policies import Asked, change_policy
from bailiwick.kernel.identity.errors import InvalidCredentials, StepUpNeeded
from bailiwick.kernel.identity.models import Member, Passkey, Session, SignInPolicy, Totp
from bailiwick.kernel.identity.queries import get_policy, list_ways_to_confirm
from bailiwick.kernel.identity.rules.totp import STEP, code_at, new_secret
from bailiwick.kernel.tenancy.models import Organization
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.clients import acting_in, session_of, with_key, with_session
from bailiwick.kernel.testing.factories import PASSWORD, actor_for, new_member
from bailiwick.kernel.testing.passkeys import Authenticator, add_key

pytestmark = pytest.mark.django_db

PAGE, AGAIN = "/settings/sign-in/", "/accounts/again/"
FORM = {"methods": ["password", "passkey"], "idle": "3600", "absolute": "86400", "most_sessions": "", "step_up": ""}
USUAL = Asked(methods=["password"], idle=3600, absolute=86_400)


@pytest.fixture
def administrator(organization: Any) -> Member:
    return new_member(organization, "administrator")


def changed(actor: Actor, **values: Any) -> SignInPolicy:
    asked = Asked(**{"methods": ["password"], "idle": 3600, "absolute": 86_400} | values)
    with enter(actor.organization_id, member_id=actor.member_id, user_id=actor.user_id):
        return change_policy(actor=actor, asked=asked)


def stored(member: Member) -> SignInPolicy:
    with enter(member.organization_id):
        return get_policy()


def old(session: Session, hours: int = 1) -> Session:
    with enter(session.organization_id):
        Session.objects.filter(id=session.id).update(authenticated_at=now() - timedelta(hours=hours))
    return session


def add_application(member: Member) -> str:
    """Give the person an application; the code of now."""
    secret = new_secret()
    Totp.objects.create(user_id=member.user_id, secret=secret, confirmed_at=now())
    return code_at(secret, int(now().timestamp() // STEP))


def test_the_page_stores_what_is_asked_and_by_whom(administrator: Member) -> None:
    client = with_session(administrator)
    assert client.get(PAGE).status_code == 200
    form = FORM | {"most_sessions": "3", "step_up": "900", "break_glass": str(administrator.id)}
    assert client.post(PAGE, form)["Location"] == PAGE
    policy = stored(administrator)
    assert (policy.methods, policy.idle, policy.absolute) == (["password", "passkey"], 3600, 86_400)
    assert (policy.most_sessions, policy.step_up, policy.break_glass_id) == (3, 900, administrator.id)
    with enter(administrator.organization_id):
        event = Event.objects.get(verb="identity.policy.changed")
    assert event.member_id == administrator.id
    assert "methods" in event.data["changed"]


def test_storing_the_same_again_is_no_event(administrator: Member) -> None:
    actor = acting_in(session_of(administrator))
    for _ in range(2):
        changed(actor)
    with enter(administrator.organization_id):
        assert Event.objects.filter(verb="identity.policy.changed").count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"methods": []},
        {"methods": ["prayer"]},
        {"idle": "1"},
        {"absolute": "x"},
        {"most_sessions": "0"},
        {"break_glass": "x"},
        {"break_glass": "01a1ff42-6dcc-7ed1-84b6-fe2e2a1e5b29"},
        {"methods": ["passkey"]},
        {"methods": ["provider"]},
    ],
)
def test_what_cannot_be_asked_is_refused_and_changes_nothing(administrator: Member, wrong: dict[str, Any]) -> None:
    answer = with_session(administrator).post(PAGE, FORM | wrong)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    with enter(administrator.organization_id):
        assert not SignInPolicy.objects.exists()


@pytest.mark.parametrize(
    "values",
    [
        {"methods": ["nothing"]},
        {"idle": 60},
        {"absolute": 10**8},
        {"most_sessions": 0},
        {"step_up": 0},
        {"break_glass_id": "01a1ff42-6dcc-7ed1-84b6-fe2e2a1e5b29"},
    ],
)
def test_the_action_itself_refuses_what_the_page_does_not_offer(administrator: Member, values: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput), transaction.atomic():
        changed(acting_in(session_of(administrator)), **values)


def test_nobody_locks_themselves_out_but_who_has_what_is_asked_may_ask_it(administrator: Member) -> None:
    actor = acting_in(session_of(administrator))
    with pytest.raises(InvalidInput) as refusal, transaction.atomic():
        changed(actor, methods=["passkey"])
    assert list(refusal.value.fields) == ["methods"]
    Passkey.objects.create(user_id=administrator.user_id, name="k", credential_id=b"1", public_key=b"1")
    assert changed(actor, methods=["passkey"]).methods == ["passkey"]


def test_a_key_that_opens_another_organisation_does_not_help_here(
    administrator: Member, other_organization: Any
) -> None:
    Passkey.objects.create(
        user_id=administrator.user_id, only_in=other_organization.id, name="k", credential_id=b"2", public_key=b"1"
    )
    with pytest.raises(InvalidInput), transaction.atomic():
        changed(acting_in(session_of(administrator)), methods=["passkey"])


def test_enforcing_the_provider_takes_somebody_who_may_come_in_otherwise(administrator: Member) -> None:
    actor = acting_in(session_of(administrator, method="provider", is_confined=True))
    with pytest.raises(InvalidInput) as refusal, transaction.atomic():
        changed(actor, methods=["provider"])
    assert list(refusal.value.fields) == ["break_glass"]
    changed(actor, methods=["provider"], break_glass_id=administrator.id)
    assert acting_in(session_of(administrator)).method == "password"


def test_only_who_may_changes_it(administrator: Member, organization: Any) -> None:
    colleague = new_member(organization, "key-manager")
    assert with_session(colleague).get(PAGE).status_code == 403
    with pytest.raises(Forbidden), transaction.atomic():
        changed(acting_in(session_of(colleague)))


def test_an_old_proof_is_asked_for_again_where_the_policy_says_so(administrator: Member) -> None:
    actor = acting_in(session_of(administrator))
    changed(actor, step_up=900)
    session = old(session_of(administrator))
    client = with_session(administrator, session=session)
    answer = client.post(PAGE, FORM, headers={"Referer": f"http://testserver{PAGE}"})
    assert answer["Location"] == f"{AGAIN}?next=%2Fsettings%2Fsign-in%2F"
    assert stored(administrator).step_up == 900
    assert client.post(PAGE, FORM, headers={"HX-Request": "true"})["HX-Redirect"].startswith(AGAIN)
    assert client.post(AGAIN, {"password": "wrong", "next": PAGE}).status_code == 422
    assert client.post(AGAIN, {"password": PASSWORD, "next": PAGE})["Location"] == PAGE
    assert client.post(PAGE, FORM)["Location"] == PAGE
    assert stored(administrator).step_up is None


def test_showing_oneself_again_leads_to_no_other_host(administrator: Member) -> None:
    client = with_session(administrator)
    answer = client.post(AGAIN, {"password": PASSWORD, "next": "https://example.org/"})
    assert answer["Location"] == "/accounts/security/"


def test_guessing_on_an_open_session_is_slowed_down_and_recorded(administrator: Member) -> None:
    client = with_session(administrator)
    answers = [client.post(AGAIN, {"password": "wrong"}).status_code for _ in range(11)]
    assert answers == [422] * 10 + [429]


def test_without_a_policy_and_for_programs_any_proof_is_new_enough(administrator: Member) -> None:
    session = old(session_of(administrator), hours=1000)
    with enter(administrator.organization_id):
        Session.objects.filter(id=session.id).update(started_at=now())
        require_fresh(acting_in(session))
    changed(acting_in(session_of(administrator)), step_up=300)
    with enter(administrator.organization_id):
        require_fresh(actor_for(administrator))
        with pytest.raises(StepUpNeeded):
            require_fresh(acting_in(session))


def test_with_an_application_the_password_alone_shows_nothing(administrator: Member) -> None:
    code = add_application(administrator)
    session = old(session_of(administrator, method="two_factor"))
    actor = acting_in(session)
    with enter(actor.organization_id, member_id=actor.member_id):
        assert list_ways_to_confirm(actor) == {"two_factor"}
        for wrong in ("", "000000"):
            with pytest.raises(InvalidCredentials), transaction.atomic():
                confirm_by_password(actor, password=PASSWORD, code=wrong)
        confirm_by_password(actor, password=PASSWORD, code=code)
        with pytest.raises(InvalidCredentials), transaction.atomic():
            confirm_by_password(actor, password=PASSWORD, code=code)
    assert acting_in(session).authenticated_at > now() - timedelta(minutes=1)  # type: ignore[operator]


def test_a_password_shows_nothing_where_passwords_are_not_taken(administrator: Member) -> None:
    changed(acting_in(session_of(administrator)), methods=["passkey", "password"])
    session = session_of(administrator, method="passkey")
    with enter(administrator.organization_id):
        SignInPolicy.objects.update(methods=["passkey"])
        with pytest.raises(InvalidCredentials):
            confirm_by_password(acting_in(session), password=PASSWORD)


def test_ones_own_passkey_shows_it_and_that_of_somebody_else_does_not(administrator: Member) -> None:
    changed(acting_in(session_of(administrator)), step_up=900, methods=["password", "passkey"])
    own, others = Authenticator(), Authenticator()
    add_key(with_session(administrator), own)
    add_key(with_session(new_member(administrator.organization)), others)
    session = old(session_of(administrator))
    client = with_session(administrator, session=session)
    statuses = []
    for key in (others, own):
        options = client.post("/accounts/login/passkey/question/").json()
        statuses.append(client.post(AGAIN, {"answer": key.get(options), "next": PAGE}).status_code)
        with enter(administrator.organization_id):
            is_new = acting_in(session).authenticated_at > now() - timedelta(minutes=1)  # type: ignore[operator]
        assert is_new is (key is own)
    assert statuses == [422, 302]
    with enter(administrator.organization_id):
        assert Event.objects.get(verb="identity.session.confirmed").data == {"method": "passkey"}


def test_a_passkey_that_was_not_asked_for_shows_nothing(administrator: Member) -> None:
    client = with_session(administrator)
    assert client.post(AGAIN, {"answer": "{}"}).status_code == 422
    assert client.post(AGAIN, {"answer": "x"}).status_code == 422


def test_who_came_in_by_the_provider_is_sent_there_again(administrator: Member) -> None:
    changed(acting_in(session_of(administrator)), methods=["provider", "password"], break_glass_id=administrator.id)
    colleague = new_member(administrator.organization)
    session = session_of(colleague, method="provider", is_confined=True)
    page = with_session(colleague, session=session).get(AGAIN).content.decode()
    assert "Sign in there again" in page
    assert 'name="password"' not in page


def test_a_program_is_no_person_to_ask(administrator: Member) -> None:
    assert with_key(administrator).get(AGAIN).status_code == 403
    assert Client().get(AGAIN).status_code == 302


def test_the_page_says_how_many_people_could_come_in_by_each_way(organization: Organization) -> None:
    owner = new_member(organization, "administrator")
    new_member(organization, "reviewer")
    assert add_key(with_session(owner), Authenticator()).status_code == 302
    page = with_session(owner).get(PAGE).content.decode()
    assert "1 of 2 people have what it takes" in page
    assert "2 of 2 people have what it takes" in page
    assert "0 of 2 people have what it takes" in page
