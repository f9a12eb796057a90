"""Keys and codes, called without a door: who has none of their own, and what a stranger proves."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django.utils.timezone import now

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.base.callers import Caller
from bailiwick.kernel.base.errors import NotFound
from bailiwick.kernel.identity.actions.passkeys import (
    Answer,
    add_passkey,
    remove_passkey,
    rename_passkey,
    sign_in_by_passkey,
)
from bailiwick.kernel.identity.actions.recovery_codes import make_recovery_codes
from bailiwick.kernel.identity.actions.totp import (
    begin_application,
    confirm_application,
    remove_application,
    sign_in_by_code,
)
from bailiwick.kernel.identity.errors import BelongsToPerson, InvalidCredentials, NoPerson, StepUpNeeded
from bailiwick.kernel.identity.models import Member, Passkey, RecoveryCode, Totp, User
from bailiwick.kernel.identity.rules.webauthn import RelyingParty
from bailiwick.kernel.identity.tests.doors import set_policy
from bailiwick.kernel.tenancy.models import Organization
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.clients import acting_in, session_of
from bailiwick.kernel.testing.factories import actor_for, new_member

pytestmark = pytest.mark.django_db

NOTHING = Answer(RelyingParty("testserver", "http://testserver"), "AAAA", "{}")
AGAIN = {"kind": "browser", "caller": Caller(), "request_id": "request-of-a-test"}

OF_A_KEY: list[Callable[[Actor], Any]] = [
    lambda actor: rename_passkey(actor=actor, passkey_id=uuid4(), name="Mine"),
    lambda actor: remove_passkey(actor=actor, passkey_id=uuid4()),
]
OF_THE_PERSON: list[Callable[[Actor], Any]] = [
    lambda actor: begin_application(actor=actor),
    lambda actor: confirm_application(actor=actor, code="000000"),
    lambda actor: remove_application(actor=actor),
    lambda actor: make_recovery_codes(actor=actor),
]


def nothing_was_written() -> bool:
    return not any(model.objects.exists() for model in (Passkey, Totp, RecoveryCode))


@pytest.mark.parametrize("act", [*OF_THE_PERSON, lambda actor: add_passkey(actor=actor, name="x", answer=NOTHING)])
def test_a_program_has_neither_keys_nor_codes(organization: Organization, act: Callable[[Actor], Any]) -> None:
    program = actor_for(new_member(organization, "administrator", kind="program"), credential="key")
    with enter(organization.id), pytest.raises(NoPerson):
        act(program)
    assert nothing_was_written()


@pytest.mark.parametrize("act", OF_A_KEY)
def test_what_is_not_there_and_what_is_not_ones_own_look_alike(
    organization: Organization, member: Member, act: Callable[[Actor], Any]
) -> None:
    program = actor_for(new_member(organization, kind="program"), credential="key")
    for actor in (program, acting_in(session_of(member))):
        with enter(actor.organization_id), pytest.raises(NotFound):
            act(actor)


@pytest.mark.parametrize("act", OF_THE_PERSON)
def test_whoever_came_in_by_an_organisations_own_sign_in_does_not_reach_the_person(
    member: Member, act: Callable[[Actor], Any]
) -> None:
    actor = acting_in(session_of(member, method="provider", is_confined=True))
    with enter(member.organization_id), pytest.raises(BelongsToPerson):
        act(actor)
    assert nothing_was_written()


@pytest.mark.parametrize("act", [*OF_THE_PERSON, lambda actor: add_passkey(actor=actor, name="x", answer=NOTHING)])
def test_an_old_proof_changes_nothing(member: Member, act: Callable[[Actor], Any]) -> None:
    actor = acting_in(session_of(member))
    set_policy(member.organization_id, step_up=300)
    old = replace(actor, authenticated_at=now() - timedelta(minutes=6))
    with enter(member.organization_id), pytest.raises(StepUpNeeded):
        act(old)
    assert nothing_was_written()


def test_nothing_proves_nobody(user: User) -> None:
    for person in (user.id, uuid4()):
        with pytest.raises(InvalidCredentials), transaction.atomic():
            sign_in_by_code(user_id=person, code="000000", **AGAIN)
    with pytest.raises(InvalidCredentials):
        sign_in_by_passkey(answer=NOTHING, **AGAIN)
