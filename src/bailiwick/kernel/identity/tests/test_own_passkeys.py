"""One's own keys: adding, naming, removing, and who may see them."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils.timezone import now

from bailiwick.kernel.audit.models import Event
from bailiwick.kernel.base.actors import ActorRef
from bailiwick.kernel.identity.actions import add_member
from bailiwick.kernel.identity.models import Member, Passkey, Session, User
from bailiwick.kernel.identity.tests.doors import PAGE, is_in, join, refused, set_policy, stored
from bailiwick.kernel.tenancy.models import Organization
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.clients import session_of, with_key, with_session, with_token
from bailiwick.kernel.testing.factories import PASSWORD
from bailiwick.kernel.testing.passkeys import FLAG, Authenticator, add_key, enter_by_key

pytestmark = pytest.mark.django_db


def test_a_confined_session_shows_and_reaches_nothing_else_of_the_person(
    member: Member, key: Authenticator, other_organization: Organization
) -> None:
    Passkey.objects.update(name="At home")
    theirs = join(member.user_id, other_organization)
    inside = with_session(theirs, session=session_of(theirs, is_confined=True))
    page = inside.get(PAGE).content.decode()
    assert "At home" not in page
    assert "Authenticator application" not in page
    address = f"{PAGE}passkeys/{stored(key).id}/"
    assert inside.post(f"{address}rename/", {"name": "Mine"}).status_code == 404
    assert inside.post(f"{address}remove/").status_code == 404
    options = inside.post(f"{PAGE}passkeys/new/question/").json()
    assert "excludeCredentials" not in options or not options["excludeCredentials"]
    assert stored(key).revoked_at is None


def test_the_page_names_the_keys_and_says_when_they_were_used(member: Member, key: Authenticator) -> None:
    client = with_session(member)
    assert "not used yet" in client.get(PAGE).content.decode()
    enter_by_key(Client(), key)
    page = client.get(PAGE).content.decode()
    assert "Laptop" in page
    assert "last used" in page


def test_a_key_is_added_and_recorded(member: Member, key: Authenticator) -> None:
    with enter(member.organization_id):
        event = Event.objects.get(verb="identity.passkey.added")
    assert (event.member_id, event.data) == (member.id, {"name": "Laptop", "is_confined": False})


def test_a_key_that_is_known_is_not_added_again(member: Member, key: Authenticator) -> None:
    client = with_session(member)
    known = client.post(f"{PAGE}passkeys/new/question/").json()["excludeCredentials"]
    assert len(known) == 1
    assert add_key(client, key).status_code == 422
    assert Passkey.objects.count() == 1


@pytest.mark.parametrize("name", ["", "   ", "x" * 101])
def test_a_key_needs_a_name(member: Member, name: str) -> None:
    assert add_key(with_session(member), Authenticator(), name).status_code == 422
    assert not Passkey.objects.exists()


@pytest.mark.parametrize("bent", [{"origin": "http://evil.example"}, {"flags": FLAG.UP}])
def test_a_key_made_in_the_wrong_way_is_not_added(member: Member, bent: dict[str, Any]) -> None:
    assert add_key(with_session(member), Authenticator(**bent)).status_code == 422
    assert not Passkey.objects.exists()


def test_the_answer_to_another_persons_question_adds_nothing(member: Member, person: Any, organization: Any) -> None:
    somebody = with_session(person(organization)[1])
    options = somebody.post(f"{PAGE}passkeys/new/question/").json()
    mine = with_session(member)
    answer = mine.post(f"{PAGE}passkeys/new/", {"name": "x", "answer": Authenticator().create(options)})
    assert answer.status_code == 422
    assert not Passkey.objects.exists()


def test_nobody_has_keys_without_end(member: Member, key: Authenticator) -> None:
    own = stored(key)
    for number in range(19):
        own.pk, own.credential_id = None, bytes([number])
        own._state.adding = True
        own.save(force_insert=True)
    answer = add_key(with_session(member), Authenticator())
    assert "as many passkeys as" in answer.content.decode()
    assert Passkey.objects.count() == 20


def test_a_key_is_renamed(member: Member, key: Authenticator) -> None:
    client, address = with_session(member), f"{PAGE}passkeys/{stored(key).id}/rename/"
    assert client.post(address, {"name": "  Telephone\x00 "}).status_code == 302
    assert stored(key).name == "Telephone"
    answer = client.post(address, {"name": ""})
    assert (answer.status_code, stored(key).name) == (422, "Telephone")
    assert "Give it a name" in answer.content.decode()


def test_a_key_is_removed(member: Member, key: Authenticator) -> None:
    client = with_session(member)
    assert client.post(f"{PAGE}passkeys/{stored(key).id}/remove/").status_code == 302
    assert "Laptop" not in client.get(PAGE).content.decode()
    elsewhere = Client()
    refused(enter_by_key(elsewhere, key), elsewhere)


def test_a_key_of_somebody_else_is_not_there(key: Authenticator, person: Any, organization: Any) -> None:
    stranger = with_session(person(organization)[1])
    for what in ("rename", "remove"):
        assert stranger.post(f"{PAGE}passkeys/{stored(key).id}/{what}/", {"name": "Mine"}).status_code == 404
    assert (stored(key).name, stored(key).revoked_at) == ("Laptop", None)


def test_the_last_way_in_is_not_removed(member: Member, key: Authenticator) -> None:
    set_policy(member.organization_id, methods=["passkey"])
    client = Client()
    enter_by_key(client, key)
    answer = client.post(f"{PAGE}passkeys/{stored(key).id}/remove/")
    assert answer.status_code == 409
    assert "last way in" in answer.content.decode()
    assert stored(key).revoked_at is None
    assert add_key(client, Authenticator(), "Telephone").status_code == 302
    assert client.post(f"{PAGE}passkeys/{stored(key).id}/remove/").status_code == 302


def test_without_a_password_the_last_key_stays(member: Member, key: Authenticator) -> None:
    user = User.objects.get(id=str(member.user_id))
    user.set_unusable_password()
    user.save()
    assert with_session(member).post(f"{PAGE}passkeys/{stored(key).id}/remove/").status_code == 409


def test_a_key_that_another_organisation_needs_is_not_removed_here(
    member: Member, key: Authenticator, other_organization: Organization
) -> None:
    join(member.user_id, other_organization)
    set_policy(other_organization.id, methods=["passkey"])
    assert with_session(member).post(f"{PAGE}passkeys/{stored(key).id}/remove/").status_code == 409


def test_an_old_proof_adds_names_and_removes_nothing(member: Member, key: Authenticator) -> None:
    set_policy(member.organization_id, step_up=300)
    session = session_of(member)
    with enter(member.organization_id):
        Session.objects.filter(id=session.id).update(authenticated_at=now() - timedelta(minutes=6))
    client, own = with_session(member, session=session), stored(key)
    asked = client.post(f"{PAGE}passkeys/new/question/")
    assert asked.status_code != 200
    client.post(f"{PAGE}passkeys/{own.id}/rename/", {"name": "Mine"})
    client.post(f"{PAGE}passkeys/{own.id}/remove/")
    assert (stored(key).name, stored(key).revoked_at) == ("Laptop", None)


def test_programs_and_tokens_have_no_keys_of_their_own(member: Member, key: Authenticator) -> None:
    with enter(member.organization_id):
        program = add_member(ActorRef(member.organization_id, None, "system"), name="p", kind="program")
    for client in (with_key(program), with_token(member)):
        for address in (PAGE, f"{PAGE}passkeys/new/"):
            assert client.get(address).status_code == 403
    assert with_key(program).post(f"{PAGE}passkeys/{stored(key).id}/remove/").status_code == 404


def test_the_password_goes_on_opening_beside_a_key(member: Member, key: Authenticator) -> None:
    login = User.objects.get(id=str(member.user_id)).username
    client = Client()
    assert client.post("/accounts/login", {"login": login, "password": PASSWORD}).status_code == 302
    assert is_in(client)
