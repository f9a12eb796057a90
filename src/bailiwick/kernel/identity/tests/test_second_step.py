"""The code after the password."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils.timezone import now

from bailiwick.kernel.audit.models import Event
from bailiwick.kernel.identity.models import Member, Totp, User
from bailiwick.kernel.identity.tests.doors import (
    SECOND,
    is_in,
    join,
    present_code,
    session_in,
    set_policy,
    with_password,
)
from bailiwick.kernel.tenancy.models import Organization
from bailiwick.kernel.tenancy.queries import get_installation_id
from bailiwick.kernel.tenancy.scope import enter

pytestmark = pytest.mark.django_db


def method_of(client: Client, organization_id: Any) -> str:
    return session_in(client, organization_id).method


def test_after_the_password_comes_the_code(user: User, member: Member, application: Totp) -> None:
    client, answer = with_password(user, next="/accounts/me/")
    assert answer["Location"] == f"{SECOND}?next=%2Faccounts%2Fme%2F"
    assert not is_in(client)
    assert "Now the code" in client.get(answer["Location"]).content.decode()
    answer = client.post(SECOND, {"code": present_code(application), "next": "/accounts/me/"})
    assert answer["Location"] == "/accounts/me/"
    assert is_in(client)
    assert method_of(client, member.organization_id) == "two_factor"


def test_the_code_never_leads_to_another_host(user: User, application: Totp) -> None:
    client, _answer = with_password(user)
    answer = client.post(SECOND, {"code": present_code(application), "next": "https://example.org"})
    assert answer["Location"] == "/start/"


@pytest.mark.parametrize("code", ["000000", "12345", "", "abc", "\x00", "0" * 40, "AAAA-AAAA-AAAA-AAAA", "١٢٣٤٥٦"])
def test_a_wrong_code_opens_nothing_and_is_recorded(user: User, application: Totp, code: str) -> None:
    client, _answer = with_password(user)
    assert client.post(SECOND, {"code": code}).status_code == 422
    assert not is_in(client)
    if code.strip("\x00"):
        with enter(get_installation_id()):
            event = Event.objects.get(verb="identity.sign_in.failed")
        assert (event.subject_id, event.data) == (user.id, {"method": "two_factor"})


def test_a_code_counts_once(user: User, application: Totp) -> None:
    code = present_code(application)
    first, _answer = with_password(user)
    assert first.post(SECOND, {"code": code}).status_code == 302
    second, _answer = with_password(user)
    assert second.post(SECOND, {"code": code}).status_code == 422
    assert not is_in(second)


def test_without_the_password_no_code_is_taken(application: Totp) -> None:
    client = Client()
    assert client.get(SECOND)["Location"] == "/accounts/login"
    assert client.post(SECOND, {"code": present_code(application)})["Location"] == "/accounts/login"
    assert not is_in(client)


def test_the_password_is_forgotten_after_five_minutes(user: User, application: Totp) -> None:
    client, _answer = with_password(user)
    session = client.session
    session["pending"] |= {"until": (now() - timedelta(seconds=1)).isoformat()}
    session.save()
    assert client.post(SECOND, {"code": present_code(application)})["Location"] == "/accounts/login"
    assert not is_in(client)


def test_guessing_codes_is_stopped_wherever_it_comes_from(user: User, application: Totp) -> None:
    answers = []
    for _place in range(3):
        client, _answer = with_password(user)
        answers += [client.post(SECOND, {"code": "000000"}).status_code for _ in range(8)]
    assert answers[0] == 422
    assert answers[-1] == 429
    client, _answer = with_password(user)
    assert client.post(SECOND, {"code": present_code(application)}).status_code == 429


def test_one_comes_in_where_password_and_code_are_taken(
    user: User, member: Member, application: Totp, other_organization: Organization
) -> None:
    join(user.id, other_organization)
    set_policy(member.organization_id, methods=["passkey"])
    set_policy(other_organization.id, methods=["two_factor"])
    client, _answer = with_password(user)
    client.post(SECOND, {"code": present_code(application)})
    assert method_of(client, other_organization.id) == "two_factor"


def test_where_a_password_is_enough_the_code_is_asked_for_all_the_same(
    user: User, member: Member, application: Totp
) -> None:
    set_policy(member.organization_id, methods=["password"])
    client, answer = with_password(user)
    assert answer["Location"].startswith(SECOND)
    client.post(SECOND, {"code": present_code(application)})
    assert is_in(client)


def test_where_only_keys_are_taken_the_code_opens_nothing(user: User, member: Member, application: Totp) -> None:
    set_policy(member.organization_id, methods=["passkey"])
    client, answer = with_password(user)
    page = client.get(answer["Location"]).content.decode()
    assert "A password is not enough" in page
    assert "Sign in with a passkey" in page
    assert 'name="code"' not in page
    assert client.post(SECOND, {"code": present_code(application)}).status_code == 422
    assert not is_in(client)


def test_whoever_has_no_application_is_told_what_is_asked_for(user: User, member: Member) -> None:
    set_policy(member.organization_id, methods=["two_factor"])
    client, answer = with_password(user)
    page = client.get(answer["Location"]).content.decode()
    assert "Password and code" in page
    assert "no authenticator application yet" in page
    assert not is_in(client)


def test_whoever_must_come_by_their_organisations_own_sign_in_is_led_there(user: User, member: Member) -> None:
    set_policy(member.organization_id, methods=["provider"])
    client, answer = with_password(user, next="/accounts/security/")
    slug = Organization.objects.get(id=member.organization_id).slug
    assert f"/accounts/login/{slug}/" in client.get(answer["Location"]).content.decode()
    assert not is_in(client)
