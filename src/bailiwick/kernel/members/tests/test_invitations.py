"""Inviting people, and joining by invitation."""

import re
from dataclasses import replace
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.core import mail
from django.db import connection, transaction
from django.test import Client
from django.utils.timezone import now

from bailiwick.kernel.access.actions import end_grant
from bailiwick.kernel.access.errors import Forbidden, GrantTooWide
from bailiwick.kernel.access.models import Grant
from bailiwick.kernel.audit.models import Event
from bailiwick.kernel.base.errors import DomainError, InvalidInput, NotFound
from bailiwick.kernel.identity.actions.memberships import end_membership
from bailiwick.kernel.identity.errors import StepUpNeeded
from bailiwick.kernel.identity.models import Member, SignInPolicy, User
from bailiwick.kernel.jobs.models import Job
from bailiwick.kernel.jobs.tasks import run_job
from bailiwick.kernel.members.actions.invitations import invite, join_anew, join_as, show_link, withdraw_invitation
from bailiwick.kernel.members.choices import InvitationState
from bailiwick.kernel.members.errors import (
    AlreadyMember,
    InvitationClosed,
    InvitationNotValid,
    JoinConfined,
    WasMember,
)
from bailiwick.kernel.members.models import Invitation
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.clients import acting_in, session_of, with_session
from bailiwick.kernel.testing.factories import actor_for, new_member, new_organization

PASSWORD = "a sentence that nobody else would think of"
NEW = {"login": "ines.joins", "password": PASSWORD, "first_name": "Ines", "last_name": "Vandermeer"}


@pytest.fixture
def place(db: None) -> Any:
    return new_organization()


@pytest.fixture
def admin(place: Any) -> Member:
    return new_member(place, "administrator", name="Ada Keeper")


def invited(admin: Member, **given: Any) -> tuple[Invitation, str]:
    """An open invitation, and the secret of its link."""
    actor = actor_for(admin)
    with enter(admin.organization_id, member_id=admin.id):
        invitation = invite(
            actor=actor, **{"email": "ines@example.org", "name": "Ines Vandermeer", "role": "reviewer"} | given
        )
        return invitation, show_link(actor=actor, invitation_id=invitation.id)


def person_elsewhere() -> Member:
    return new_member(new_organization(), "reviewer")


def test_whoever_has_an_account_joins_with_it_and_gets_the_role(admin: Member) -> None:
    until = now() + timedelta(days=30)
    invitation, secret = invited(admin, role_until=until, department="North")
    person = person_elsewhere()
    member = join_as(actor=acting_in(session_of(person)), secret=secret, request_id="r")
    assert (member.user_id, member.name, member.department) == (person.user_id, "Ines Vandermeer", "North")
    with enter(admin.organization_id, member_id=admin.id):
        grant = Grant.objects.get(member_id=member.id)
        assert (grant.role, grant.valid_until, grant.granted_by_id) == ("reviewer", until, admin.id)
        assert Invitation.objects.get(id=invitation.id).state == InvitationState.ACCEPTED
        event = Event.objects.get(verb="members.invitation.accepted")
        assert (event.member_id, event.data["is_role_given"]) == (member.id, True)


def test_an_account_made_by_it_signs_in_and_its_address_counts_only_where_it_was_mailed(admin: Member) -> None:
    _invitation, secret = invited(admin)
    user = join_anew(secret=secret, request_id="r", **NEW)
    assert (user.email, user.email_confirmed_at, user.username) == ("ines@example.org", None, "ines.joins")
    assert Client().post("/accounts/login", {"login": "ines.joins", "password": PASSWORD}).status_code == 302
    invitation, secret = invited(admin, email="olga@example.org")
    with enter(admin.organization_id):
        Invitation.objects.filter(id=invitation.id).update(is_mailed=True)
    assert join_anew(secret=secret, request_id="r", **NEW | {"login": "olga"}).email_confirmed_at


@pytest.mark.parametrize(
    ("field", "value"), [("login", "PERSON-TAKEN"), ("password", "short"), ("login", "аda-with-cyrillic-a")]
)
def test_an_account_that_cannot_be_made_leaves_the_invitation_open(admin: Member, field: str, value: str) -> None:
    User.objects.create(username="person-taken")
    invitation, secret = invited(admin)
    with pytest.raises(InvalidInput) as refusal:
        join_anew(secret=secret, request_id="r", **NEW | {field: value})
    assert list(refusal.value.fields) == [field]
    with enter(admin.organization_id):
        assert Invitation.objects.get(id=invitation.id).state == InvitationState.OPEN
    assert not User.objects.filter(username="ines.joins").exists()


def test_a_link_opens_once_not_after_a_week_not_when_withdrawn_and_not_when_renewed(admin: Member) -> None:
    actor = actor_for(admin)
    used, secret = invited(admin)
    join_anew(secret=secret, request_id="r", **NEW)
    expired, old = invited(admin)
    withdrawn, gone = invited(admin)
    renewed, before = invited(admin)
    with enter(admin.organization_id, member_id=admin.id):
        Invitation.objects.filter(id=expired.id).update(expires_at=now() - timedelta(seconds=1))
        withdraw_invitation(actor=actor, invitation_id=withdrawn.id)
        withdraw_invitation(actor=actor, invitation_id=withdrawn.id)
        assert Event.objects.filter(verb="members.invitation.withdrawn").count() == 1
        after = show_link(actor=actor, invitation_id=renewed.id)
        for closed in (used, withdrawn):
            with pytest.raises(InvitationClosed), transaction.atomic():
                show_link(actor=actor, invitation_id=closed.id)
        with pytest.raises(InvitationClosed), transaction.atomic():
            withdraw_invitation(actor=actor, invitation_id=used.id)
    person = acting_in(session_of(person_elsewhere()))
    for secret_of_one in (secret, old, gone, before, "anything"):
        with pytest.raises(InvitationNotValid):
            join_as(actor=person, secret=secret_of_one, request_id="r")
    assert join_as(actor=person, secret=after, request_id="r")


def test_members_and_former_members_are_told_and_nothing_changes(place: Any, admin: Member) -> None:
    here, gone = new_member(place, "reviewer"), new_member(place, "reviewer")
    acting = [acting_in(session_of(each)) for each in (here, gone)]
    with enter(place.id, member_id=admin.id):
        end_membership(actor_for(admin).ref, member_id=gone.id)
    invitation, secret = invited(admin)
    for actor, refusal in zip(acting, (AlreadyMember, WasMember), strict=True):
        with pytest.raises(refusal):
            join_as(actor=actor, secret=secret, request_id="r")
    with enter(place.id):
        assert Invitation.objects.get(id=invitation.id).state == InvitationState.OPEN


def test_inviting_takes_a_fresh_proof_where_the_policy_wants_one(place: Any, admin: Member) -> None:
    invitation, _secret = invited(admin)
    stale = replace(actor_for(admin), authenticated_at=now() - timedelta(hours=1))
    with enter(place.id, member_id=admin.id):
        SignInPolicy.objects.create(step_up=900)
        with pytest.raises(StepUpNeeded), transaction.atomic():
            invite(actor=stale, email="x@example.org", name="X")
        with pytest.raises(StepUpNeeded), transaction.atomic():
            show_link(actor=stale, invitation_id=invitation.id)
        assert Invitation.objects.count() == 1


def test_whoever_was_let_go_has_left_no_link_behind(place: Any, admin: Member) -> None:
    inviter = new_member(place, "administrator")
    invitation, secret = invited(inviter, role="")
    with enter(place.id, member_id=admin.id):
        end_membership(actor_for(admin).ref, member_id=inviter.id)
        assert Invitation.objects.get(id=invitation.id).state == InvitationState.WITHDRAWN
    with pytest.raises(InvitationNotValid):
        join_anew(secret=secret, request_id="r", **NEW)


def test_a_confined_session_and_a_program_join_nowhere(place: Any, admin: Member) -> None:
    _invitation, secret = invited(admin)
    confined = acting_in(session_of(person_elsewhere(), is_confined=True))
    program = actor_for(new_member(new_organization(), "submitter", kind="program"), "key")
    for actor in (confined, program):
        with pytest.raises(JoinConfined):
            join_as(actor=actor, secret=secret, request_id="r")


def test_the_role_is_given_in_the_name_of_who_invited_as_far_as_they_may_then(place: Any, admin: Member) -> None:
    inviter = new_member(place, "people-manager")
    with enter(place.id, member_id=inviter.id), pytest.raises(GrantTooWide), transaction.atomic():
        invite(actor=actor_for(inviter), email="x@example.org", name="X", role="reviewer")
    second = new_member(place, "administrator")
    _invitation, secret = invited(second)
    with enter(place.id, member_id=admin.id):
        end_grant(actor=actor_for(admin), grant_id=Grant.objects.get(member_id=second.id).id)
    member = join_as(actor=acting_in(session_of(person_elsewhere())), secret=secret, request_id="r")
    with enter(place.id):
        assert not Grant.objects.filter(member_id=member.id).exists()
        assert Event.objects.get(verb="members.invitation.accepted").data["is_role_given"] is False


def test_inviting_needs_the_right_and_what_it_is_about(place: Any, admin: Member) -> None:
    nobody = actor_for(new_member(place, "reviewer"))
    with enter(place.id):
        with pytest.raises(Forbidden), transaction.atomic():
            invite(actor=nobody, email="x@example.org", name="X")
        faulty = ({"email": "nobody"}, {"name": " "}, {"role_until": now() - timedelta(days=1)}, {"role": "unknown"})
        for given in faulty:
            with pytest.raises(InvalidInput), transaction.atomic():
                invite(actor=actor_for(admin), **{"email": "x@example.org", "name": "X"} | given)
        assert not Invitation.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_that_come_at_once_by_one_link_one_joins(place: Any, admin: Member) -> None:
    _invitation, secret = invited(admin)
    actors = [acting_in(session_of(person_elsewhere())) for _ in range(2)]
    told, together = [], Barrier(2)

    def join(actor: Any) -> None:
        try:
            together.wait(30)
            told.append(join_as(actor=actor, secret=secret, request_id="r").user_id)
        except DomainError as refusal:
            told.append(type(refusal))
        finally:
            connection.close()

    threads = [Thread(target=join, args=[actor]) for actor in actors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert told.count(InvitationNotValid) == 1 and len(told) == 2
    with enter(place.id):
        assert Member.objects.filter(user_id__in=[actor.user_id for actor in actors]).count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_mail_brings_a_link_that_is_stored_nowhere(place: Any, admin: Member) -> None:
    client = with_session(admin)
    answer = client.post("/people/invitations/new/", {"name": "Ines", "email": "ines@example.org", "role": "reviewer"})
    assert answer.status_code == 302
    with enter(place.id, member_id=admin.id):
        job = Job.objects.get(kind="members.invitation")
    for _again in range(2):
        run_job(str(place.id), str(job.id))
    [letter] = mail.outbox
    assert letter.to == ["ines@example.org"]
    found = re.search(r"http\S+/accounts/join/\?invitation=(\S+)", letter.body)
    assert found
    secret = found[1]
    with enter(place.id, member_id=admin.id):
        invitation = Invitation.objects.get()
        assert invitation.is_mailed and secret not in str(Job.objects.values().get(id=job.id))
        with pytest.raises(NotFound):
            withdraw_invitation(actor=actor_for(admin), invitation_id=job.id)
    page = Client().get("/accounts/join/", {"invitation": secret}).content.decode()
    assert "Join Organisation" in page and "Ada Keeper invites you" in page
    faulty = Client().post("/accounts/join/", {"invitation": secret, **NEW, "password": "short"})
    assert faulty.status_code == 422
    assert Client().post("/accounts/join/", {"invitation": secret, **NEW}).status_code == 302
    assert User.objects.get(username="ines.joins").email_confirmed_at
    assert Client().get("/accounts/join/", {"invitation": secret}).status_code == 410
    assert client.get(f"/people/invitations/{invitation.id}/").status_code == 200
    listed = client.get("/people/invitations/", {"state": "accepted"}).content.decode()
    assert "ines@example.org" in listed


def test_pages_show_a_link_once_and_join_with_who_is_signed_in(place: Any, admin: Member) -> None:
    client = with_session(admin)
    invitation, _secret = invited(admin)
    shown = client.post(f"/people/invitations/{invitation.id}/link/")
    found = re.search(r"/accounts/join/\?invitation=([\w-]+)", shown.content.decode())
    assert found and shown["Cache-Control"] == "no-store"
    assert found[1] not in client.get(f"/people/invitations/{invitation.id}/").content.decode()
    person = with_session(person_elsewhere())
    assert "Join as" in person.get("/accounts/join/", {"invitation": found[1]}).content.decode()
    assert person.post("/accounts/join/as-myself/", {"invitation": found[1]}).status_code == 302
    assert client.post(f"/people/invitations/{invitation.id}/withdraw/").status_code == 409
    again, _secret = invited(admin)
    assert client.post(f"/people/invitations/{again.id}/send/").status_code == 302
    assert client.post(f"/people/invitations/{again.id}/withdraw/").status_code == 302
    assert client.post("/people/invitations/new/", {"name": "", "email": "x"}).status_code == 422


def test_with_one_invitation_logins_are_not_guessed_at_without_end(admin: Member) -> None:
    User.objects.create(username="person-taken")
    _invitation, secret = invited(admin)
    guess = {"invitation": secret, **NEW, "login": "person-taken"}
    answers = [Client().post("/accounts/join/", guess).status_code for _guess in range(21)]
    assert answers == [422] * 20 + [429]
    _other, secret = invited(admin)
    assert Client().post("/accounts/join/", {"invitation": secret, **NEW}).status_code == 302
