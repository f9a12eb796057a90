"""What is known of a person: exported, kept, erased."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import InternalError, ProgrammingError
from django.utils.timezone import now

from bailiwick.kernel.access.actions.people import register_person
from bailiwick.kernel.access.errors import Forbidden
from bailiwick.kernel.audit.models import Change, Event
from bailiwick.kernel.base.actors import ActorRef
from bailiwick.kernel.base.errors import InvalidInput, NotFound
from bailiwick.kernel.base.manifest import registry
from bailiwick.kernel.federation.tests.scim import CORE, Directory
from bailiwick.kernel.files.errors import ContentMissing
from bailiwick.kernel.files.models import StoredFile
from bailiwick.kernel.files.queries import open_content
from bailiwick.kernel.identity.actions.memberships import end_membership
from bailiwick.kernel.identity.actions.people import add_member
from bailiwick.kernel.identity.models import Member, Session, User
from bailiwick.kernel.jobs.tasks import run_job
from bailiwick.kernel.members.actions.erasing import erase_member
from bailiwick.kernel.members.actions.exporting import start_export
from bailiwick.kernel.members.actions.holds import lift_hold, place_hold
from bailiwick.kernel.members.actions.invitations import invite
from bailiwick.kernel.members.errors import OnHold, StillHere
from bailiwick.kernel.members.models import Erasure, Invitation, RetentionHold
from bailiwick.kernel.members.queries.personal import list_rows, list_tables
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.clients import session_of, with_session
from bailiwick.kernel.testing.factories import actor_for, new_member, new_organization

NAME = "Rosalind Achterberg"


@pytest.fixture
def place(db: None) -> Any:
    return new_organization()


@pytest.fixture
def admin(place: Any) -> Member:
    return new_member(place, "administrator", name="Ada Keeper")


@pytest.fixture
def leaver(place: Any) -> Member:
    return new_member(place, "administrator", name=NAME, department="Claims of the north")


def let_go(admin: Member, leaver: Member) -> None:
    end_membership(actor_for(admin).ref, member_id=leaver.id)


def trail(member: Member) -> str:
    rows = [*Change.objects.values_list("columns", flat=True), *Event.objects.values_list("data", flat=True)]
    return json.dumps(rows)


def test_after_an_erasure_nothing_says_who_it_was_and_what_they_did_stays(admin: Member, leaver: Member) -> None:
    with enter(admin.organization_id, member_id=admin.id):
        session_of(leaver, agent="Rosalind's own browser")
        Member.objects.filter(id=leaver.id).update(department="Claims of the south")
        events = Event.objects.filter(member_id=leaver.id).count()
        let_go(admin, leaver)
        assert NAME in trail(leaver) and "north" in trail(leaver)
        erased = erase_member(actor=actor_for(admin), member_id=leaver.id, reason="She asked for it.")
        member = Member.objects.get(id=leaver.id)
        assert member.name == f"Former member {str(leaver.id)[-8:]}"
        assert not Session.objects.filter(agent__contains="Rosalind").exists()
        assert "Achterberg" not in trail(leaver) and "north" not in trail(leaver)
        assert Event.objects.filter(member_id=leaver.id).count() == events
        assert erased.counts["identity.member"] == 1
        assert Event.objects.filter(verb="members.member.erased", subject_id=leaver.id).count() == 1


def test_a_directory_brings_no_name_back(place: Any, admin: Member) -> None:
    scim = Directory(place)
    kept = scim.add_user("rachterberg", displayName=NAME)
    group = scim.add_group("Claims", kept["id"])
    scim.patch(f"/Users/{kept['id']}", {"op": "replace", "path": "active", "value": False})
    with enter(place.id, member_id=admin.id):
        member = Member.objects.get(name=NAME)
        erase_member(actor=actor_for(admin), member_id=member.id, reason="She asked for it.")
    again = {"schemas": [f"{CORE}:User"], "userName": "rachterberg", "displayName": NAME, "active": True}
    assert scim.refusal("PUT", f"/Users/{kept['id']}", again)[0] == 404
    assert scim.found("/Users", 'userName co "erased"') == []
    with enter(place.id, member_id=admin.id):
        member.refresh_from_db()
        assert not member.is_active and "Achterberg" not in member.name + trail(member)
    assert scim.ok("GET", f"/Groups/{group['id']}").get("members", []) == []


def test_erasing_twice_changes_nothing(admin: Member, leaver: Member) -> None:
    with enter(admin.organization_id, member_id=admin.id):
        let_go(admin, leaver)
        first = erase_member(actor=actor_for(admin), member_id=leaver.id, reason="By rule 4.")
        again = erase_member(actor=actor_for(admin), member_id=leaver.id, reason="By rule 5.")
        assert first == again and again.reason == "By rule 4."
        assert Event.objects.filter(verb="members.member.erased").count() == 1


def test_whoever_is_still_here_is_not_erased(admin: Member, leaver: Member) -> None:
    with enter(admin.organization_id, member_id=admin.id):
        with pytest.raises(StillHere), transaction.atomic():
            erase_member(actor=actor_for(admin), member_id=leaver.id, reason="No.")
        assert not Erasure.objects.exists()


def test_a_hold_keeps_until_it_is_lifted_or_over(admin: Member, leaver: Member) -> None:
    actor = actor_for(admin)
    with enter(admin.organization_id, member_id=admin.id):
        let_go(admin, leaver)
        dated = place_hold(actor=actor, member_id=leaver.id, reason="Tax law", valid_until=now() + timedelta(days=1))
        lasting = place_hold(actor=actor, member_id=leaver.id, reason="A dispute")
        with pytest.raises(OnHold) as refusal, transaction.atomic():
            erase_member(actor=actor, member_id=leaver.id, reason="She asked.")
        assert refusal.value.data["reason"] == "A dispute"
        lift_hold(actor=actor, hold_id=lasting.id)
        with pytest.raises(OnHold), transaction.atomic():
            erase_member(actor=actor, member_id=leaver.id, reason="She asked.")
        lift_hold(actor=actor, hold_id=dated.id)
        lift_hold(actor=actor, hold_id=dated.id)
        assert Event.objects.filter(verb="members.hold.lifted").count() == 2
        assert erase_member(actor=actor, member_id=leaver.id, reason="She asked.")


def test_a_hold_needs_a_reason_and_an_end_to_come(admin: Member, leaver: Member) -> None:
    actor = actor_for(admin)
    with enter(admin.organization_id, member_id=admin.id):
        for faulty in ({"reason": " "}, {"reason": "Law", "valid_until": now() - timedelta(seconds=1)}):
            with pytest.raises(InvalidInput), transaction.atomic():
                place_hold(actor=actor, member_id=leaver.id, **faulty)


def test_an_account_that_the_organisation_made_goes_too_unless_another_knows_it(place: Any, admin: Member) -> None:
    actor = actor_for(admin)
    with enter(place.id, member_id=admin.id):
        made = [register_person(actor=actor, first_name=name, last_name="Vandermeer") for name in ("Ines", "Olga")]
    ines, olga = (each.member for each in made)
    other = new_organization()
    with enter(other.id):
        add_member(ActorRef(other.id, None, "system"), name="Olga", kind="person", user_id=olga.user_id)
    with enter(place.id, member_id=admin.id):
        for each in (ines, olga):
            end_membership(actor.ref, member_id=each.id)
            erase_member(actor=actor, member_id=each.id, reason="They asked.")
        gone, kept = (User.objects.get(id=each.user_id) for each in (ines, olga))
    assert (gone.first_name, gone.last_name, gone.is_active, gone.user_code) == ("", "", False, None)
    assert (kept.first_name, kept.is_active) == ("Olga", True)


def test_whom_a_row_is_about_stands_where_the_mask_looks_for_it() -> None:
    """`members_mask_changes` knows `member_id`, and `id` of a table without one."""
    assert {each.member for each in registry().personal} <= {"member", "id"}


def test_the_trail_is_masked_only_in_an_erasure_in_ones_own_organisation_and_of_who_is_erased(
    admin: Member, leaver: Member
) -> None:
    other = new_organization()
    stranger = new_member(other, "reviewer", name="Somebody else")
    call = "SELECT members_mask_changes(%s, 'identity_member', %s, '{name}')"
    with enter(other.id):
        rows = list(Change.objects.values_list("row_id", flat=True))
    with enter(admin.organization_id, member_id=admin.id), connection.cursor() as cursor:
        let_go(admin, leaver)
        old = Erasure.objects.create(member=leaver, reason="x", erased_by=admin, erased_at=now() - timedelta(days=1))
        stays = Erasure.objects.create(member=admin, reason="x", erased_by=admin)
        for erasure in (old, stays):
            with pytest.raises((ProgrammingError, InternalError)), transaction.atomic():
                cursor.execute(call, [erasure.id, [erasure.member_id]])
        Erasure.objects.filter(id=old.id).update(erased_at=now() + timedelta(seconds=1))
        cursor.execute(call, [old.id, [*rows, admin.id]])
        assert cursor.fetchone() == (0,)
        assert "Ada Keeper" in trail(admin)
    with enter(other.id):
        assert "Somebody else" in trail(stranger)


@pytest.mark.django_db(transaction=True)
def test_everybody_has_written_down_what_is_known_of_them_and_no_more(place: Any, admin: Member) -> None:
    reader = new_member(place, "reviewer", name="Reader of records")
    with enter(place.id, member_id=reader.id):
        session_of(reader, agent="a browser of mine")
        job = start_export(actor=actor_for(reader), member_id=reader.id)
        with pytest.raises(Forbidden):
            start_export(actor=actor_for(reader), member_id=admin.id)
    run_job(str(place.id), str(job.id))
    with enter(place.id, member_id=reader.id):
        stored = StoredFile.objects.get()
        with open_content(stored) as content:
            lines = [json.loads(line) for line in content.read().splitlines()]
    tables = {line["table"] for line in lines}
    assert {"about", "identity_user", "identity_member", "identity_session", "access_grant", "audit_event"} <= tables
    text = json.dumps(lines)
    assert "a browser of mine" in text and "argon2" not in text
    assert [line for line in lines if "Ada Keeper" in json.dumps(line)] == []
    assert not any("digest" in key or key == "salt" for line in lines for key in line["row"])
    with enter(place.id, member_id=admin.id), transaction.atomic():
        let_go(admin, reader)
        erase_member(actor=actor_for(admin), member_id=reader.id, reason="Asked.")
        assert StoredFile.objects.get().removed_at
    with pytest.raises(ContentMissing):
        open_content(stored)


def test_of_others_whom_a_row_is_about_nothing_personal_is_written_down(place: Any, admin: Member) -> None:
    report = new_member(place, "reviewer", name="Wanda Other", department="Secret works")
    with enter(place.id, member_id=admin.id):
        Member.objects.filter(id=report.id).update(manager=admin)
        invite(actor=actor_for(admin), email="vera@example.org", name="Vera Invited")
        tables = {model: (model, naming) for model, naming in list_tables()}
        [about_report] = [row for row in list_rows(*tables[Member], admin.id, None, 9) if row["id"] == report.id]
        [invited] = list_rows(*tables[Invitation], admin.id, None, 9)
        [own] = list_rows(*tables[Member], report.id, None, 9)
    assert about_report["manager_id"] == admin.id and invited["invited_by_id"] == admin.id
    assert not {"Wanda Other", "Secret works"} & set(map(str, about_report.values()))
    assert not {"vera@example.org", "Vera Invited"} & set(map(str, invited.values()))
    assert (own["name"], own["department"]) == ("Wanda Other", "Secret works")


def test_a_stranger_is_404(admin: Member) -> None:
    other = new_member(new_organization(), "reviewer")
    with enter(admin.organization_id, member_id=admin.id), pytest.raises(NotFound):
        start_export(actor=actor_for(admin), member_id=other.id)


def test_the_page_leads_through_export_hold_and_erasure(admin: Member, leaver: Member) -> None:
    client = with_session(admin)
    page = f"/people/{leaver.id}/data/"
    assert "They still belong" in client.get(page).content.decode()
    assert client.post(f"{page}erase/", {"erase-reason": "Asked", "erase-name": NAME}).status_code == 409
    with enter(admin.organization_id, member_id=admin.id):
        let_go(admin, leaver)
    assert client.post(f"{page}holds/new/", {"hold-reason": ""}).status_code == 422
    assert client.post(f"{page}holds/new/", {"hold-reason": "A dispute"}).status_code == 302
    assert client.post(f"{page}erase/", {"erase-reason": "Asked", "erase-name": NAME}).status_code == 409
    with enter(admin.organization_id, member_id=admin.id):
        hold = RetentionHold.objects.get()
    assert client.post(f"/people/holds/{hold.id}/lift/").status_code == 302
    assert client.post(f"{page}erase/", {"erase-reason": "Asked", "erase-name": "Somebody"}).status_code == 422
    assert client.post(f"{page}erase/", {"erase-reason": "Asked", "erase-name": NAME}).status_code == 302
    shown = client.get(page).content.decode()
    assert NAME not in shown and "Erased by" in shown
    assert client.post(f"{page}export/").status_code == 302
