"""Setting up the application that shows codes, and codes on paper."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils.timezone import now

from bailiwick.kernel.audit.models import Event
from bailiwick.kernel.base.actors import ActorRef
from bailiwick.kernel.identity.actions import add_member
from bailiwick.kernel.identity.models import Member, RecoveryCode, Session, Totp, User
from bailiwick.kernel.identity.rules.totp import code_at
from bailiwick.kernel.identity.tests.doors import (
    APPLICATION,
    CODES,
    PAGE,
    SECOND,
    codes_on_paper,
    is_in,
    present_code,
    set_policy,
    step_now,
    with_password,
)
from bailiwick.kernel.tenancy.models import Organization
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.clients import session_of, with_key, with_session, with_token

pytestmark = pytest.mark.django_db


def test_an_application_counts_once_a_code_of_it_was_typed(user: User, mine: Client) -> None:
    begun = mine.post(f"{APPLICATION}begin/")
    assert begun["Location"] == APPLICATION
    totp = Totp.objects.get()
    page = mine.get(APPLICATION).content.decode()
    assert totp.secret in page
    assert '<svg role="img"' in page
    assert is_in(with_password(user)[0])
    assert mine.post(APPLICATION, {"code": "000000"}).status_code == 422
    assert mine.post(APPLICATION, {"code": code_at(totp.secret, step_now())})["Location"] == PAGE
    assert not is_in(with_password(user)[0])
    assert totp.secret not in mine.get(APPLICATION, follow=True).content.decode()


def test_the_code_that_confirmed_is_used_up(user: User, mine: Client) -> None:
    mine.post(f"{APPLICATION}begin/")
    code = code_at(Totp.objects.get().secret, step_now())
    mine.post(APPLICATION, {"code": code})
    client, _answer = with_password(user)
    assert client.post(SECOND, {"code": code}).status_code == 422


def test_a_secret_is_shown_again_for_half_an_hour(mine: Client) -> None:
    mine.post(f"{APPLICATION}begin/")
    first = Totp.objects.get()
    mine.post(f"{APPLICATION}begin/")
    assert Totp.objects.get(ended_at=None) == first
    Totp.objects.update(created_at=now() - timedelta(minutes=31))
    mine.post(f"{APPLICATION}begin/")
    assert Totp.objects.get(ended_at=None).secret != first.secret


def test_a_secret_does_not_lie_open_in_the_database(application: Totp) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM identity_totp")
        assert application.secret.encode() not in bytes(cursor.fetchone()[0])


def test_removing_the_application_ends_the_codes_too(user: User, mine: Client, application: Totp) -> None:
    codes = codes_on_paper(mine)
    assert mine.post(f"{APPLICATION}remove/")["Location"] == PAGE
    assert is_in(with_password(user)[0])
    assert not RecoveryCode.objects.filter(ended_at=None).exists()
    assert len(codes) == 10
    assert mine.post(f"{APPLICATION}remove/").status_code == 404


def test_the_application_stays_where_the_organisation_asks_for_codes(
    member: Member, mine: Client, application: Totp
) -> None:
    inside = with_session(member, session=session_of(member, method="two_factor"))
    set_policy(member.organization_id, methods=["two_factor"])
    answer = inside.post(f"{APPLICATION}remove/")
    assert answer.status_code == 409
    assert "last way in" in answer.content.decode()
    assert Totp.objects.get().ended_at is None


def test_a_recovery_code_stands_in_once(user: User, mine: Client, application: Totp) -> None:
    codes = codes_on_paper(mine)
    assert len(codes) == 10
    assert not any(code in mine.get(PAGE).content.decode() for code in codes)
    client, _answer = with_password(user)
    assert client.post(SECOND, {"code": codes[0].lower().replace("-", " ")}).status_code == 302
    assert is_in(client)
    again, _answer = with_password(user)
    assert again.post(SECOND, {"code": codes[0]}).status_code == 422
    assert "9 left" in mine.get(PAGE).content.decode()


def test_new_codes_end_the_old(user: User, mine: Client, application: Totp) -> None:
    old, new = codes_on_paper(mine), codes_on_paper(mine)
    client, _answer = with_password(user)
    assert client.post(SECOND, {"code": old[0]}).status_code == 422
    assert client.post(SECOND, {"code": new[0]}).status_code == 302


def test_a_code_of_somebody_else_opens_nothing(
    user: User, mine: Client, application: Totp, person: Any, organization: Organization
) -> None:
    somebody, theirs = person(organization)
    inside = with_session(theirs)
    inside.post(f"{APPLICATION}begin/")
    other = Totp.objects.get(user_id=somebody.id)
    inside.post(APPLICATION, {"code": code_at(other.secret, step_now() - 1)})
    client, _answer = with_password(user)
    for code in (present_code(other), codes_on_paper(inside)[0]):
        assert client.post(SECOND, {"code": code}).status_code == 422
    assert not is_in(client)


def test_codes_on_paper_need_an_application(mine: Client) -> None:
    assert mine.post(CODES).status_code == 404


def test_a_confined_session_changes_nothing_of_the_person(member: Member, application: Totp) -> None:
    inside = with_session(member, session=session_of(member, is_confined=True))
    for address in (f"{APPLICATION}begin/", f"{APPLICATION}remove/", CODES):
        answer = inside.post(address)
        assert answer.status_code == 403
    assert inside.get(APPLICATION).status_code == 403
    assert Totp.objects.get().ended_at is None
    assert not RecoveryCode.objects.exists()


def test_an_old_proof_changes_nothing(member: Member, application: Totp) -> None:
    set_policy(member.organization_id, step_up=300)
    session = session_of(member, method="two_factor")
    with enter(member.organization_id):
        Session.objects.filter(id=session.id).update(authenticated_at=now() - timedelta(minutes=6))
    inside = with_session(member, session=session)
    inside.post(f"{APPLICATION}remove/")
    inside.post(CODES)
    assert Totp.objects.get().ended_at is None
    assert not RecoveryCode.objects.exists()


def test_programs_and_tokens_have_no_application(member: Member) -> None:
    with enter(member.organization_id):
        program = add_member(ActorRef(member.organization_id, None, "system"), name="p", kind="program")
    for client in (with_key(program), with_token(member)):
        assert client.get(APPLICATION).status_code == 403
        for address in (f"{APPLICATION}begin/", f"{APPLICATION}remove/", CODES):
            assert client.post(address).status_code == 403


def test_what_was_done_is_recorded(member: Member, mine: Client, application: Totp) -> None:
    mine.post(CODES)
    mine.post(f"{APPLICATION}remove/")
    with enter(member.organization_id):
        verbs = list(Event.objects.filter(verb__contains="identity.").order_by("id").values_list("verb", flat=True))
    for verb in ("application.added", "recovery_codes.made", "application.removed"):
        assert f"identity.{verb}" in verbs
