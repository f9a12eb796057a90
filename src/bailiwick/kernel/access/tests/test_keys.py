"""Programs and their keys: nobody gives more than they have, and a key no more than itself."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils.timezone import now

from bailiwick.kernel.access.actions import end_grant, write_grant
from bailiwick.kernel.access.actions.keys import Bounds, change_key, issue_key, rotate_key
from bailiwick.kernel.access.actions.programs import add_program, end_program
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.access.errors import Forbidden, GrantTooWide
from bailiwick.kernel.access.models import Grant
from bailiwick.kernel.access.tests.giving import deputise
from bailiwick.kernel.access.tests.keys import acting, refused
from bailiwick.kernel.audit.models import Event
from bailiwick.kernel.base.errors import InvalidInput, NotFound
from bailiwick.kernel.identity.actions import revoke_key
from bailiwick.kernel.identity.errors import KeyOver, KeyTooWide, ScopeNotHeld
from bailiwick.kernel.identity.models import ApiKey, Member, SignInPolicy
from bailiwick.kernel.identity.queries.keys import in_state, list_keys, named
from bailiwick.kernel.tenancy.models import Organization
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.factories import actor_for, new_member, new_organization

pytestmark = pytest.mark.django_db
ISSUE = "identity.keys.issue"


def test_a_key_is_issued_works_and_says_who_made_it(organization: Organization, boss: Actor, program: Member) -> None:
    bounds = Bounds(now() + timedelta(days=1), 60, ["192.0.2.7", "2001:db8::/32"])
    scopes = ["predictions.submit", "predictions.submit"]
    with enter(organization.id):
        row, key = issue_key(actor=boss, program_id=program.id, name="Nightly", scopes=scopes, bounds=bounds)
        stored = ApiKey.objects.get(id=row.id)
    assert (stored.created_by_id, stored.rate, stored.scopes) == (boss.member_id, 60, ["predictions.submit"])
    assert stored.addresses == ["192.0.2.7/32", "2001:db8::/32"]
    actor = acting(key)
    assert actor
    assert (actor.member_id, actor.key_id, actor.rights) == (program.id, row.id, {"predictions.submit"})


def test_nobody_gives_a_key_what_they_do_not_hold(organization: Organization, program: Member) -> None:
    issuer = actor_for(new_member(organization, "key-issuer"))
    with enter(organization.id):
        values = {"actor": issuer, "program_id": program.id, "name": "k"}
        refused(KeyTooWide, issue_key, scopes=["predictions.submit"], **values)
        refused(ScopeNotHeld, issue_key, scopes=["predictions.reign"], **values)
        refused(InvalidInput, issue_key, scopes=[], **values)
        assert ApiKey.objects.count() == 0


def test_a_deputy_gives_no_key_what_they_hold_as_one(organization: Organization, boss: Actor, program: Member) -> None:
    deputy = new_member(organization)
    with enter(organization.id):
        deputise(boss, deputy, now() + timedelta(days=1))
        values = {"actor": actor_for(deputy), "program_id": program.id, "name": "k", "scopes": ["predictions.submit"]}
        refused(KeyTooWide, issue_key, **values)
        write_grant(boss.ref, deputy.id, "submitter")
        assert issue_key(**values | {"actor": actor_for(deputy)})


def test_nobody_gives_a_key_more_than_its_program_may(organization: Organization, boss: Actor, program: Member) -> None:
    with enter(organization.id):
        values = {"actor": boss, "program_id": program.id, "name": "k"}
        refused(KeyTooWide, issue_key, scopes=["access.manage"], **values)
        refused(KeyTooWide, issue_key, scopes=["predictions.submit", "access.manage"], **values)


def test_whoever_issues_no_keys_issues_and_adds_none(organization: Organization, boss: Actor, program: Member) -> None:
    other = actor_for(new_member(organization, "submitter", "reviewer", "key-revoker"))
    with enter(organization.id):
        row, _key = issue_key(actor=boss, program_id=program.id, name="k", scopes=["predictions.submit"])
        refused(Forbidden, issue_key, actor=other, program_id=program.id, name="k", scopes=["predictions.submit"])
        refused(Forbidden, rotate_key, actor=other, key_id=row.id, overlap=timedelta(0))
        refused(Forbidden, change_key, actor=other, key_id=row.id, name="mine")
        refused(Forbidden, add_program, actor=other, name="Spy", role="submitter")


def test_a_program_gets_no_role_that_its_maker_may_not_give(organization: Organization, program: Member) -> None:
    issuer = actor_for(new_member(organization, "key-issuer", "submitter"))
    with enter(organization.id):
        refused(GrantTooWide, add_program, actor=issuer, name="Spy", role="administrator")
        refused(GrantTooWide, add_program, actor=issuer, name="Spy", role="submitter")
        refused(InvalidInput, add_program, actor=issuer, name="SHOP", role="submitter")
        assert not Member.objects.filter(name="Spy").exists()


def test_only_programs_of_the_own_organisation_have_keys(organization: Organization, boss: Actor) -> None:
    elsewhere = new_member(new_organization(), "submitter", kind="program")
    person = new_member(organization, "submitter")
    gone = new_member(organization, "submitter", kind="program", name="gone")
    with enter(organization.id):
        Member.objects.filter(id=gone.id).update(is_active=False)
        for member in (elsewhere, person, gone):
            refused(NotFound, issue_key, actor=boss, program_id=member.id, name="k", scopes=["predictions.submit"])


@pytest.mark.parametrize(
    ("bounds", "field"),
    [
        ({"expires_at": "past"}, "expires_at"),
        ({"rate": 0}, "rate"),
        ({"rate": 10**9}, "rate"),
        ({"addresses": ["example.org"]}, "addresses"),
        ({"addresses": ["192.0.2.0/33"]}, "addresses"),
        ({"addresses": ["192.0.2.1\x00"]}, "addresses"),
        ({"addresses": ["192.0.2.1"] * 21}, "addresses"),
    ],
)
def test_bounds_that_are_none_are_named(
    organization: Organization, boss: Actor, program: Member, bounds: dict[str, Any], field: str
) -> None:
    given = Bounds(**{name: now() if value == "past" else value for name, value in bounds.items()})
    with enter(organization.id), pytest.raises(InvalidInput) as refusal, transaction.atomic():
        issue_key(actor=boss, program_id=program.id, name="k", scopes=["predictions.submit"], bounds=given)
    assert set(refusal.value.fields) == {field}


def test_rotating_lets_both_work_until_the_older_one_ends(
    organization: Organization, boss: Actor, program: Member
) -> None:
    bounds = Bounds(now() + timedelta(days=30), 600, ["192.0.2.0/24"])
    with enter(organization.id):
        older, first = issue_key(
            actor=boss, program_id=program.id, name="k", scopes=["predictions.submit"], bounds=bounds
        )
        newer, second = rotate_key(actor=boss, key_id=older.id, overlap=timedelta(hours=2))
        newer.refresh_from_db()
        older.refresh_from_db()
    assert (newer.replaces_id, newer.scopes, newer.rate, newer.addresses) == (older.id, *_of(older))
    assert newer.expires_at
    assert older.expires_at
    assert abs(newer.expires_at - now() - timedelta(days=30)) < timedelta(minutes=1)
    assert abs(older.expires_at - now() - timedelta(hours=2)) < timedelta(minutes=1)
    assert first != second
    assert acting(first)
    assert acting(second)
    with enter(organization.id):
        ApiKey.objects.filter(id=older.id).update(expires_at=now() - timedelta(hours=1))
        verbs = Event.objects.filter(subject_id=older.id).order_by("id").values_list("verb", flat=True)
        assert list(verbs) == ["identity.key.issued", "identity.key.rotated"]
    assert acting(first) is None
    assert acting(second)


def _of(key: ApiKey) -> tuple[Any, ...]:
    return key.scopes, key.rate, key.addresses


def test_what_is_over_or_replaced_is_not_rotated_again(
    organization: Organization, boss: Actor, program: Member
) -> None:
    with enter(organization.id):
        values = {"actor": boss, "program_id": program.id, "name": "k", "scopes": ["predictions.submit"]}
        replaced, revoked, ended = (issue_key(**values)[0] for _ in range(3))
        rotate_key(actor=boss, key_id=replaced.id, overlap=timedelta(hours=1))
        revoke_key(boss, key_id=revoked.id)
        ApiKey.objects.filter(id=ended.id).update(expires_at=now())
        for row in (replaced, revoked, ended):
            refused(KeyOver, rotate_key, actor=boss, key_id=row.id, overlap=timedelta(0))
        for row in (revoked, ended):
            refused(KeyOver, change_key, actor=boss, key_id=row.id, name="n")
        refused(InvalidInput, rotate_key, actor=boss, key_id=replaced.id, overlap=timedelta(days=31))
        refused(InvalidInput, rotate_key, actor=boss, key_id=replaced.id, overlap=timedelta(hours=-1))


def test_rotating_and_changing_give_no_more_than_issuing(
    organization: Organization, boss: Actor, program: Member
) -> None:
    """Else whoever issues narrow keys would get the secret of a wide one."""
    issuer = actor_for(new_member(organization, "key-issuer"))
    with enter(organization.id):
        row, _key = issue_key(actor=boss, program_id=program.id, name="k", scopes=["predictions.submit"])
        refused(KeyTooWide, rotate_key, actor=issuer, key_id=row.id, overlap=timedelta(0))
        refused(KeyTooWide, change_key, actor=issuer, key_id=row.id, name="k")


def test_a_change_of_nothing_is_no_event(organization: Organization, boss: Actor, program: Member) -> None:
    with enter(organization.id):
        row, _key = issue_key(actor=boss, program_id=program.id, name="k", scopes=["predictions.submit"])
        change_key(actor=boss, key_id=row.id, name="k")
        change_key(actor=boss, key_id=row.id, name="other", rate=5, addresses=["192.0.2.1"])
        [event] = Event.objects.filter(subject_id=row.id, verb="identity.key.changed")
        assert event.data["changed"] == ["name", "rate", "addresses"]


def test_whoever_issued_a_key_revokes_it_and_others_need_the_right(organization: Organization, boss: Actor) -> None:
    issuer, other = (actor_for(new_member(organization, "key-issuer", *more)) for more in (["submitter"], []))
    with enter(organization.id):
        member = add_program(actor=boss, name="Shop", role="submitter")
        row, key = issue_key(actor=issuer, program_id=member.id, name="k", scopes=["predictions.submit"])
        refused(Forbidden, revoke_key_of, actor=other, key_id=row.id)
        revoke_key(issuer, key_id=row.id)
    assert acting(key) is None


def revoke_key_of(*, actor: Actor, key_id: Any) -> None:
    revoke_key(actor, key_id=key_id)


def test_a_key_opens_no_longer_than_its_program_and_what_that_may(
    organization: Organization, boss: Actor, program: Member
) -> None:
    with enter(organization.id):
        _row, key = issue_key(actor=boss, program_id=program.id, name="k", scopes=["predictions.submit"])
        end_grant(actor=boss, grant_id=Grant.objects.get(member_id=program.id).id)
    actor = acting(key)
    assert actor
    assert actor.rights == frozenset()
    with enter(organization.id):
        Member.objects.filter(id=program.id).update(is_active=False)
    assert acting(key) is None


@pytest.mark.parametrize("ends_with_creator", [True, False])
def test_a_key_ends_with_whoever_issued_it_where_the_policy_says_so(
    organization: Organization, boss: Actor, program: Member, ends_with_creator: bool
) -> None:
    with enter(organization.id):
        SignInPolicy.objects.create(keys_end_with_creator=ends_with_creator)
        _row, key = issue_key(actor=boss, program_id=program.id, name="k", scopes=["predictions.submit"])
    assert acting(key)
    with enter(organization.id):
        Member.objects.filter(id=boss.member_id).update(is_active=False)
    assert (acting(key) is None) is ends_with_creator


def test_the_list_is_for_those_who_issue_or_revoke(organization: Organization, boss: Actor, program: Member) -> None:
    with enter(organization.id):
        values = {"actor": boss, "program_id": program.id, "scopes": ["predictions.submit"]}
        live, over, gone = (issue_key(name=name, **values)[0] for name in ("live one", "over", "gone"))
        ApiKey.objects.filter(id=over.id).update(expires_at=now())
        revoke_key(boss, key_id=gone.id)
        rows = list_keys(boss)
        for state, row in (("live", live), ("expired", over), ("revoked", gone)):
            assert [each.id for each in in_state(rows, state)] == [row.id]
            assert rows.get(id=row.id).state == state
        assert [each.id for each in named(rows, "live")] == [live.id]
        assert named(rows, "shop").count() == 3
        assert list_keys(actor_for(new_member(organization, "key-revoker"))).count() == 3
        assert list_keys(actor_for(new_member(organization, "reviewer"))).count() == 0


def test_a_program_that_is_ended_has_no_key_and_gets_none(
    organization: Organization, boss: Actor, program: Member
) -> None:
    person, elsewhere = new_member(organization), new_member(new_organization(), kind="program")
    with enter(organization.id):
        values = {"actor": boss, "program_id": program.id, "name": "k", "scopes": ["predictions.submit"]}
        _row, key = issue_key(**values)
        issuer = actor_for(new_member(organization, "key-issuer"))
        refused(Forbidden, end_program, actor=issuer, program_id=program.id)
        for other in (person, elsewhere):
            refused(NotFound, end_program, actor=boss, program_id=other.id)
        assert acting(key)
        end_program(actor=boss, program_id=program.id)
        refused(NotFound, issue_key, **values)
    assert acting(key) is None
