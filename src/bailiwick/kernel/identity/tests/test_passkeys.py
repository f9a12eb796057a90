"""Signing in by a passkey."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils.timezone import now

from bailiwick.kernel.identity.models import Member, Passkey, User
from bailiwick.kernel.identity.tests.doors import failures, is_in, join, refused, session_in, set_policy, stored
from bailiwick.kernel.tenancy.models import Organization
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.clients import session_of, with_session
from bailiwick.kernel.testing.passkeys import FLAG, Authenticator, add_key, enter_by_key

pytestmark = pytest.mark.django_db


def test_a_key_signs_in_without_a_login(member: Member, key: Authenticator) -> None:
    client = Client()
    answer = enter_by_key(client, key, next="/accounts/security/")
    assert answer["Location"] == "/accounts/security/"
    assert is_in(client)
    session = session_in(client, member.organization_id)
    assert (session.method, session.member_id, session.is_confined) == ("passkey", member.id, False)
    assert stored(key).last_used_at is not None


def test_signing_in_by_a_key_never_leads_to_another_host(key: Authenticator) -> None:
    assert enter_by_key(Client(), key, next="https://example.org/")["Location"] == "/start/"


def test_nothing_of_the_session_from_before_is_kept(key: Authenticator) -> None:
    client = Client()
    client.get("/accounts/login")
    before = client.session
    before["left_by"] = "somebody else"
    before.save()
    enter_by_key(client, key)
    assert client.session.session_key != before.session_key
    assert set(client.session.keys()) <= {"signed_in"}


@pytest.mark.parametrize(
    "bent",
    [
        {"origin": "http://evil.example"},
        {"origin": "http://testserver:8000"},
        {"flags": FLAG.UP},
        {"is_framed": True},
        {"handle": b"somebody else"},
        {"handle": b""},
    ],
)
def test_a_wrong_answer_is_refused_and_recorded(key: Authenticator, bent: dict[str, Any]) -> None:
    for name, value in bent.items():
        setattr(key, name, value)
    client = Client()
    refused(enter_by_key(client, key), client)
    assert len(failures()) == 1
    assert failures()[0]["method"] == "passkey"


def test_an_unknown_key_is_refused_and_recorded(key: Authenticator) -> None:
    client = Client()
    refused(enter_by_key(client, Authenticator(handle=key.handle)), client)
    assert len(failures()) == 1


def test_a_revoked_key_opens_nothing(key: Authenticator) -> None:
    Passkey.objects.update(revoked_at=now())
    client = Client()
    refused(enter_by_key(client, key), client)


def test_a_key_of_somebody_who_left_opens_nothing(member: Member, key: Authenticator) -> None:
    User.objects.filter(id=str(member.user_id)).update(is_active=False)
    client = Client()
    refused(enter_by_key(client, key), client)


@pytest.mark.parametrize("text", ["", "null", "{}", '{"rawId": 1}', "\x00", "[[[["])
def test_a_malformed_answer_is_refused(text: str) -> None:
    client = Client()
    client.post("/accounts/login/passkey/question/")
    refused(client.post("/accounts/login/passkey/", {"answer": text}), client)


def test_an_answer_counts_once(key: Authenticator) -> None:
    client, key.count = Client(), None
    Passkey.objects.update(sign_count=0)
    options = client.post("/accounts/login/passkey/question/").json()
    answer = {"answer": key.get(options)}
    assert client.post("/accounts/login/passkey/", answer).status_code == 302
    refused(Client().post("/accounts/login/passkey/", answer), Client())
    client.post("/accounts/logout")
    refused(client.post("/accounts/login/passkey/", answer), client)


def test_an_answer_that_two_requests_bring_at_once_counts_once(key: Authenticator) -> None:
    client, key.count = Client(), None
    Passkey.objects.update(sign_count=0)
    options = client.post("/accounts/login/passkey/question/").json()
    asked, answer = dict(client.session.items()), {"answer": key.get(options)}
    assert client.post("/accounts/login/passkey/", answer).status_code == 302
    late = Client()
    session = late.session
    session.update(asked)
    session.save()
    refused(late.post("/accounts/login/passkey/", answer), late)


def test_a_question_has_one_answer_even_while_nobody_counts(
    key: Authenticator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bailiwick.kernel.identity.web.questions.spend_of", lambda *what: None)
    client = Client()
    options = client.post("/accounts/login/passkey/question/").json()
    refused(client.post("/accounts/login/passkey/", {"answer": Authenticator().get(options)}), client)
    refused(client.post("/accounts/login/passkey/", {"answer": key.get(options)}), client)


def test_an_answer_is_refused_where_it_was_not_asked_for(key: Authenticator) -> None:
    asking, other = Client(), Client()
    options = asking.post("/accounts/login/passkey/question/").json()
    other.post("/accounts/login/passkey/question/")
    refused(other.post("/accounts/login/passkey/", {"answer": key.get(options)}), other)
    assert len(failures("challenge")) == 1


def test_an_answer_that_comes_too_late_is_refused(key: Authenticator, monkeypatch: pytest.MonkeyPatch) -> None:
    client = Client()
    options = client.post("/accounts/login/passkey/question/").json()
    later = (now() + timedelta(minutes=6)).timestamp()
    monkeypatch.setattr("bailiwick.kernel.identity.web.questions.time.time", lambda: later)
    refused(client.post("/accounts/login/passkey/", {"answer": key.get(options)}), client)


def test_an_answer_to_adding_a_key_does_not_sign_in(member: Member, key: Authenticator) -> None:
    inside = with_session(member)
    challenge = inside.post("/accounts/security/passkeys/new/question/").json()["challenge"]
    answer = key.get({"rpId": "testserver", "challenge": challenge})
    assert inside.post("/accounts/login/passkey/", {"answer": answer}).status_code == 422


def test_a_counter_that_went_back_is_refused_and_recorded(key: Authenticator) -> None:
    copy = Authenticator(credential_id=key.credential_id, secret=key.secret, handle=key.handle, count=key.count)
    assert enter_by_key(Client(), key).status_code == 302
    client = Client()
    refused(enter_by_key(client, copy), client)
    assert len(failures("counter")) == 1


def test_several_pages_may_stand_open(key: Authenticator) -> None:
    client = Client()
    first = client.post("/accounts/login/passkey/question/").json()
    client.post("/accounts/login/passkey/question/")
    assert client.post("/accounts/login/passkey/", {"answer": key.get(first)}).status_code == 302


def test_asking_is_slowed_down() -> None:
    client = Client()
    answers = {client.post("/accounts/login/passkey/question/").status_code for _ in range(125)}
    assert answers == {200, 429}


def test_the_question_says_nothing_of_whose_keys_there_are(key: Authenticator) -> None:
    options = Client().post("/accounts/login/passkey/question/")
    assert set(options.json()) == {"challenge", "rpId", "userVerification"}
    assert options["Cache-Control"] == "no-store"


def test_one_comes_in_where_keys_are_taken(
    member: Member, key: Authenticator, other_organization: Organization
) -> None:
    theirs = join(member.user_id, other_organization)
    set_policy(member.organization_id, methods=["provider"])
    client = Client()
    enter_by_key(client, key)
    assert session_in(client, other_organization.id).member_id == theirs.id


def test_a_key_is_refused_where_no_organisation_takes_keys(member: Member, key: Authenticator) -> None:
    set_policy(member.organization_id, methods=["provider"])
    client = Client()
    refused(enter_by_key(client, key), client)
    assert len(failures("policy")) == 1


def test_a_key_of_a_confined_session_opens_that_organisation_alone(
    member: Member, other_organization: Organization
) -> None:
    theirs, confined = join(member.user_id, other_organization), Authenticator()
    inside = with_session(theirs, session=session_of(theirs, method="provider", is_confined=True))
    assert add_key(inside, confined).status_code == 302
    assert stored(confined).only_in == other_organization.id
    client = Client()
    enter_by_key(client, confined)
    session = session_in(client, other_organization.id)
    assert (session.member_id, session.is_confined) == (theirs.id, True)


def test_a_confined_key_opens_nothing_once_its_membership_is_over(
    member: Member, other_organization: Organization
) -> None:
    theirs, confined = join(member.user_id, other_organization), Authenticator()
    add_key(with_session(theirs, session=session_of(theirs, is_confined=True)), confined)
    with enter(other_organization.id):
        Member.objects.filter(id=theirs.id).update(is_active=False)
    client = Client()
    refused(enter_by_key(client, confined), client)


def test_an_answer_is_read_as_json_and_nothing_else(key: Authenticator) -> None:
    client = Client()
    options = client.post("/accounts/login/passkey/question/").json()
    twisted = json.loads(key.get(options)) | {"response": "A" * 100}
    refused(client.post("/accounts/login/passkey/", {"answer": json.dumps(twisted)}), client)
