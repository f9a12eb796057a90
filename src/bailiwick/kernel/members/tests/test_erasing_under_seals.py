"""Who is erased is gone from what was sealed as well, and the chain verifies all the same."""

import hashlib
import json
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction

from bailiwick.kernel.access.actions.people import register_person
from bailiwick.kernel.audit.actions.retention import lift_legal_hold, place_legal_hold
from bailiwick.kernel.audit.models import Amendment, Block, Change
from bailiwick.kernel.audit.queries.verification import verify
from bailiwick.kernel.audit.verifier import unpack
from bailiwick.kernel.identity.actions.memberships import end_membership
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.members.actions.erasing import erase_member
from bailiwick.kernel.members.errors import OnHold
from bailiwick.kernel.tenancy.models import Organization
from bailiwick.kernel.tenancy.queries import get_installation_id
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.clients import with_session
from bailiwick.kernel.testing.databases import database_name
from bailiwick.kernel.testing.engines import Engines
from bailiwick.kernel.testing.factories import actor_for, new_member, new_organization
from bailiwick.kernel.testing.sealing import seal_everything

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def place() -> Any:
    return new_organization()


@pytest.fixture
def admin(place: Any) -> Member:
    return new_member(place, "administrator", name="Ada Keeper")


@pytest.fixture
def gone(place: Any, admin: Member) -> Member:
    """Somebody with an account of this organisation's own who was let go."""
    with enter(place.id, member_id=admin.id):
        made = register_person(actor=actor_for(admin), first_name="Rosalind", last_name="Achterberg").member
        Member.objects.filter(id=made.id).update(department="Claims of the north")
        end_membership(actor_for(admin).ref, member_id=made.id)
        made.refresh_from_db()
        return made


def erase(admin: Member, member: Member) -> None:
    with enter(admin.organization_id, member_id=admin.id):
        erase_member(actor=actor_for(admin), member_id=member.id, reason="She asked for it.")


def findings(place: Organization) -> tuple[list[Any], dict[tuple[str, str], int]]:
    found: list[Any] = []
    chain = verify(place, [], found.append)
    return found, dict(chain.notes)


def trail_of(organization_id: Any) -> str:
    with enter(organization_id):
        return json.dumps(list(Change.objects.values_list("columns", flat=True)))


def installation() -> Organization:
    return Organization.objects.get(id=get_installation_id())


def test_the_chain_tells_of_an_erasure_and_of_nothing_else(place: Any, admin: Member, gone: Member) -> None:
    """The account's own changes are the installation's: its chain tells of them."""
    house = installation()
    seal_everything(place.id, house.id)
    assert "Achterberg" in trail_of(place.id) + trail_of(house.id)
    erase(admin, gone)
    assert "Achterberg" not in trail_of(place.id) + trail_of(house.id)
    for organization in (place, house):
        seal_everything(organization.id)
        found, notes = findings(organization)
        assert found == []
        [((table, why), count)] = notes.items()
        assert table == "audit_change" and why.startswith("erased (erasure ") and count >= 1


def test_what_was_not_sealed_yet_needs_no_amendment(place: Any, admin: Member, gone: Member) -> None:
    erase(admin, gone)
    with enter(place.id):
        assert not Amendment.objects.exists()
    seal_everything(place.id)
    assert findings(place) == ([], {})


def test_the_kept_digest_cannot_be_tried_against_guesses(place: Any, admin: Member, gone: Member) -> None:
    """With the salt it would be: the content before is easily guessed, as the row still says everything but a name."""
    with enter(place.id), connection.cursor() as cursor:
        change = Change.objects.get(row_id=gone.id, columns__has_key="department", operation="UPDATE")
        cursor.execute("SELECT to_jsonb(c)::text FROM audit_change c WHERE id = %s", [change.id])
        (row,) = cursor.fetchone()
    seal_everything(place.id)
    erase(admin, gone)
    with enter(place.id), connection.cursor() as cursor:
        sealed = {key[2:]: digest for block in Block.objects.all() for key, digest in unpack(block.entries).items()}
        names = next(names for table, names in Block.objects.order_by("number")[0].tables if table == "audit_change")
        cursor.execute("SELECT audit_canonical(%s::jsonb, %s)", [row, names])
        (guess,) = cursor.fetchone()
        change.refresh_from_db()
        kept = sealed[change.id.bytes]
    old = bytes.fromhex(json.loads(row)["salt"][2:])
    assert hashlib.sha256(old + guess.encode()).digest() == kept
    assert bytes(change.salt) != old
    assert hashlib.sha256(bytes(change.salt) + guess.encode()).digest() != kept
    with enter(place.id), connection.cursor() as cursor:
        for table in ("audit_change", "audit_amendment"):
            cursor.execute(f"SELECT count(*) FROM {table} t WHERE strpos(to_jsonb(t)::text, %s) > 0", [old.hex()])
            assert cursor.fetchone() == (0,)


def test_whoever_changes_a_row_after_its_erasure_is_found(
    engines: Engines, place: Any, admin: Member, gone: Member
) -> None:
    seal_everything(place.id)
    erase(admin, gone)
    with enter(place.id):
        amended = Amendment.objects.earliest("id").row_id
    with psycopg.connect(engines.superuser_url(database_name()), autocommit=True) as database:
        database.execute("UPDATE audit_change SET request_id = 'another' WHERE id = %s", [amended])
    [finding] = findings(place)[0]
    assert (finding.what, finding.row) == ("was changed", str(amended))


def test_nothing_is_sealed_while_an_erasure_is_under_way(
    engines: Engines, place: Any, admin: Member, gone: Member
) -> None:
    """Else a block could seal what is masked at that moment, and nothing would say so."""
    with psycopg.connect(engines.superuser_url(database_name())) as sealer:
        with enter(place.id, member_id=admin.id):
            erase_member(actor=actor_for(admin), member_id=gone.id, reason="She asked for it.")
            sealer.execute("SELECT set_config('app.organization', %s, true)", [str(place.id)])
            assert sealer.execute("SELECT audit_seal()").fetchone() == (None,)
        sealer.rollback()
    seal_everything(place.id)
    assert findings(place) == ([], {})


def test_a_legal_hold_keeps_from_erasing(place: Any, admin: Member, gone: Member) -> None:
    with enter(place.id, member_id=admin.id):
        hold = place_legal_hold(actor=actor_for(admin), reason="A dispute")
    with enter(place.id, member_id=admin.id), pytest.raises(OnHold) as refusal, transaction.atomic():
        erase_member(actor=actor_for(admin), member_id=gone.id, reason="She asked for it.")
    assert refusal.value.data["reason"] == "A dispute"
    assert "A dispute" in with_session(admin).get(f"/people/{gone.id}/data/").content.decode()
    with enter(place.id, member_id=admin.id):
        lift_legal_hold(actor=actor_for(admin), hold_id=hold.id)
    erase(admin, gone)
    assert "Achterberg" not in trail_of(place.id)


def test_an_amendment_that_no_seal_will_ever_hold_excuses_nothing(engines: Engines, place: Any, admin: Member) -> None:
    """Written by hand to a place in the order of writing where sealing never comes."""
    seal_everything(place.id)
    with enter(place.id):
        changed = Change.objects.earliest("id").id
    with psycopg.connect(engines.superuser_url(database_name()), autocommit=True) as database:
        database.execute("UPDATE audit_change SET request_id = 'another' WHERE id = %s", [changed])
        database.execute("SELECT audit_amend('audit_change', %s, 'erasure')", [[changed]])
        database.execute(
            "UPDATE audit_amendment SET transaction_id = '18446744073709551000' WHERE row_id = %s", [changed]
        )
    [finding] = findings(place)[0]
    assert (finding.what, finding.row) == ("was changed", str(changed))
