"""What is held, not sealed, in use or not due stays, whoever asks; a removal that dies has removed nothing."""

from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from django.db import ProgrammingError, connection
from django.utils.timezone import now

from bailiwick.kernel.audit.actions.retention import lift_legal_hold, place_legal_hold, remove_old
from bailiwick.kernel.audit.models import Event, LegalHold, Removal
from bailiwick.kernel.audit.queries.retention import find_legal_hold, list_legal_holds
from bailiwick.kernel.audit.tasks import remove_old_rows
from bailiwick.kernel.audit.tests.past import YEAR, Owner, acting, happened, keep, key_of, month, past_of
from bailiwick.kernel.base.errors import InvalidInput, NotFound
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.members.actions.holds import place_hold
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.factories import new_member, new_organization
from bailiwick.kernel.testing.sealing import seal_everything

pytestmark = pytest.mark.django_db(transaction=True)


class Died(Exception):
    """The process that removes is gone."""


def test_while_a_hold_lasts_and_thirty_days_longer_nothing_goes(owner: Owner, place: Any, keeper: Member) -> None:
    happened(place, month(20))
    part = owner.make_month(month(30))
    happened(place, month(30))
    keep(keeper, YEAR)
    owner.wait()
    with acting(keeper) as actor:
        hold = place_legal_hold(actor=actor, reason="A dispute")
    remove_old_rows()
    with acting(keeper) as actor:
        assert find_legal_hold() == hold
        lift_legal_hold(actor=actor, hold_id=hold.id)
        lift_legal_hold(actor=actor, hold_id=hold.id)
        assert Event.objects.filter(verb="audit.hold.lifted").count() == 1
        LegalHold.objects.update(lifted_at=now() - timedelta(days=99))
        assert find_legal_hold() is None and list_legal_holds(actor) == [hold]
    remove_old_rows()
    assert past_of(place) == [month(30), month(20)] and owner.has_table(part)
    owner.wait()
    remove_old_rows()
    assert past_of(place) == [] and not owner.has_table(part)


def test_a_hold_on_a_person_keeps_the_trail_as_well(owner: Owner, place: Any, keeper: Member) -> None:
    happened(place, month(20))
    keep(keeper, YEAR)
    owner.wait()
    with acting(keeper) as actor:
        place_hold(actor=actor, member_id=keeper.id, reason="Tax law", valid_until=now() + timedelta(days=1))
    remove_old_rows()
    assert past_of(place) == [month(20)]
    owner.run("UPDATE members_retentionhold SET valid_until = now()")
    remove_old_rows()
    assert past_of(place) == []


def test_what_no_seal_covers_stays(owner: Owner, place: Any, keeper: Member) -> None:
    part = owner.make_month(month(30))
    happened(place, month(30), month(20))
    keep(keeper, YEAR)
    owner.wait()
    with enter(place.id), connection.cursor() as cursor:
        for moment in (month(30), month(20)):
            cursor.execute(
                "INSERT INTO audit_event (id, verb, subject_type, subject_id, credential, request_id, data)"
                " VALUES (%s, 'past', 'x', uuidv7(), 'system', '', '{}')",
                [key_of(moment)],
            )
    remove_old_rows()
    assert len(past_of(place)) == 4 and owner.has_table(part)
    seal_everything(place.id)
    remove_old_rows()
    assert past_of(place) == [] and not owner.has_table(part)


def test_what_one_step_left_the_next_one_takes(owner: Owner, place: Any, keeper: Member) -> None:
    happened(place, *[month(20)] * 5)
    keep(keeper, YEAR)
    owner.wait()
    assert remove_old("audit_event", at_once=2) == 2
    # The process dies here: what was removed is told, what is left is there.
    assert len(past_of(place)) == 3
    with enter(place.id):
        assert [each.row_count for each in Removal.objects.all()] == [2]
    remove_old_rows()
    assert past_of(place) == []
    with enter(place.id):
        assert sum(each.row_count for each in Removal.objects.all()) == 5
    assert remove_old("audit_event") is None


def test_a_table_in_use_waits_for_another_day(owner: Owner, place: Any, keeper: Member) -> None:
    part = owner.make_month(month(30))
    happened(place, month(30))
    keep(keeper, YEAR)
    owner.wait()
    with owner.database.transaction():
        owner.run(f"SELECT count(*) FROM {part}")
        remove_old_rows()
    assert owner.has_table(part) and past_of(place) == [month(30)]
    with enter(place.id):
        assert not Removal.objects.exists()
    remove_old_rows()
    assert not owner.has_table(part)


REFUSED = (
    "DELETE FROM audit_event",
    "DELETE FROM audit_retentionperiod",
    "DELETE FROM audit_legalhold",
    "TRUNCATE audit_event",
    "DROP TABLE {part}",
    "ALTER TABLE audit_event DETACH PARTITION {part}",
    "DELETE FROM {part}",
    "INSERT INTO audit_removal (table_name, before, row_count) VALUES ('audit_event', uuidv7(), 1)",
    "SELECT audit_drop_month('audit_event')",
    "SELECT audit_delete_old('audit_event', 9)",
    "SELECT audit_amend('audit_event', '{{}}', 'x')",
    "SELECT audit_remove_old('audit_block', 9)",
    "SELECT audit_remove_old('identity_member', 9)",
    "ALTER TABLE audit_retentionperiod DISABLE TRIGGER audit_retention_delay",
    "CREATE OR REPLACE FUNCTION audit_held() RETURNS SETOF uuid LANGUAGE sql RETURN NULL::uuid",
)


@pytest.mark.parametrize("statement", REFUSED)
def test_the_runtime_takes_nothing_away_by_itself(owner: Owner, place: Any, keeper: Member, statement: str) -> None:
    part = owner.make_month(month(30))
    happened(place, month(30))
    with pytest.raises(ProgrammingError), enter(place.id), connection.cursor() as cursor:
        cursor.execute(statement.format(part=part))
    assert remove_old("audit_event") is None
    assert past_of(place) == [month(30)]


def test_a_hold_needs_a_reason_and_another_organisation_s_is_not_there(place: Any, keeper: Member) -> None:
    with acting(new_member(new_organization(), "administrator")) as actor:
        theirs = place_legal_hold(actor=actor, reason="Theirs")
    with acting(keeper) as actor:
        with pytest.raises(InvalidInput):
            place_legal_hold(actor=actor, reason=" ")
        with pytest.raises(NotFound):
            lift_legal_hold(actor=actor, hold_id=theirs.id)


def test_whoever_places_a_hold_is_not_overtaken(owner: Owner, place: Any, keeper: Member) -> None:
    """While it is not known whether everything is to be kept, nothing goes."""
    happened(place, month(20))
    keep(keeper, YEAR)
    owner.wait()
    with owner.database.transaction():
        owner.run(
            "INSERT INTO audit_legalhold (organization_id, reason, placed_by) VALUES (%s, 'A', uuidv7())", place.id
        )
        remove_old_rows()
        assert past_of(place) == [month(20)]
    remove_old_rows()
    assert past_of(place) == [month(20)]


def test_a_removal_that_dies_has_removed_nothing(owner: Owner, place: Any, keeper: Member) -> None:
    part = owner.make_month(month(30))
    happened(place, month(30), month(20))
    keep(keeper, YEAR)
    owner.wait()
    with suppress(Died), owner.database.transaction():
        for _step in range(2):
            owner.run("SELECT audit_remove_old('audit_event', 9)")
        raise Died
    assert owner.has_table(part) and past_of(place) == [month(30), month(20)]
    with enter(place.id):
        assert not Removal.objects.exists()
