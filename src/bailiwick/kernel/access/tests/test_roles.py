"""Roles as rows: declared ones follow the manifests until an organisation sets them itself."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from bailiwick.kernel.access.actions import give_grant
from bailiwick.kernel.access.actions.roles import add_role, edit_role, end_role, follow_role, setup_roles
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.access.errors import Forbidden, NobodyLeft
from bailiwick.kernel.access.models import Role, RoleRights
from bailiwick.kernel.access.queries import list_helpers, rights_of, titles_of, visible_to
from bailiwick.kernel.audit.models import Event
from bailiwick.kernel.base.errors import InvalidInput, NotFound
from bailiwick.kernel.base.manifest import registry
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.testing.factories import actor_for, new_member, undeclare
from bailiwick.kernel.testing.statements import Statements

REVIEW, SUBMIT = "predictions.review", "predictions.submit"


@pytest.fixture(autouse=True)
def _in_scope(scope: Any, organization: Any) -> Iterator[None]:
    with scope(organization):
        yield


def role_of(code: str) -> Role:
    return Role.objects.get(code=code)


def contents(code: str) -> list[tuple[str, ...]]:
    """What a role has contained, the oldest first."""
    versions = RoleRights.objects.filter(role__code=code).order_by("valid_from", "id")
    return [tuple(rights) for rights in versions.values_list("rights", flat=True)]


def redeclare(monkeypatch: pytest.MonkeyPatch, code: str, *rights: str) -> None:
    monkeypatch.setitem(registry().roles, code, replace(registry().roles[code], rights=rights))


def test_an_organisation_begins_with_the_declared_roles() -> None:
    assert set(Role.objects.values_list("code", flat=True)) == set(registry().roles)
    for code, role in registry().roles.items():
        assert rights_of([code]) == set(role.rights)
        assert str(role_of(code)) == str(role.title)


def test_setting_up_twice_changes_nothing() -> None:
    before = list(RoleRights.objects.order_by("id").values())
    setup_roles()
    assert list(RoleRights.objects.order_by("id").values()) == before


def test_what_is_newly_declared_arrives_where_nobody_edited(
    monkeypatch: pytest.MonkeyPatch, administrator: Actor
) -> None:
    edit_role(actor=administrator, role_id=role_of("submitter").id, rights=[SUBMIT])
    redeclare(monkeypatch, "reviewer", REVIEW, SUBMIT)
    redeclare(monkeypatch, "submitter", REVIEW)
    setup_roles()
    assert contents("reviewer") == [(REVIEW,), (REVIEW, SUBMIT)]
    assert contents("submitter")[-1] == (SUBMIT,)


def test_the_command_reaches_every_organisation_and_no_row_of_another(
    monkeypatch: pytest.MonkeyPatch, administrator: Actor, other_organization: Any, scope: Any
) -> None:
    edit_role(actor=administrator, role_id=role_of("reviewer").id, rights=[SUBMIT])
    redeclare(monkeypatch, "reviewer", REVIEW, SUBMIT)
    call_command("setup_roles")
    assert rights_of(["reviewer"]) == {SUBMIT}
    with scope(other_organization):
        assert rights_of(["reviewer"]) == {REVIEW, SUBMIT}


def test_an_edited_role_gives_its_holders_what_it_contains_from_then_on(
    administrator: Actor, organization: Any
) -> None:
    holder = new_member(organization, "reviewer")
    role = role_of("reviewer")
    edit_role(actor=administrator, role_id=role.id, rights=[SUBMIT, SUBMIT])
    actor = actor_for(holder)
    assert (actor.rights, actor.roles) == ({SUBMIT}, ("reviewer",))
    event = Event.objects.get(subject_id=role.id, verb="access.role.changed")
    assert (event.data["before"]["rights"], event.data["after"]["rights"]) == ([REVIEW], [SUBMIT])
    edit_role(actor=administrator, role_id=role.id, rights=[SUBMIT])
    assert Event.objects.filter(subject_id=role.id, verb="access.role.changed").count() == 1
    assert contents("reviewer") == [(REVIEW,), (SUBMIT,)]


def test_versions_follow_each_other_without_a_gap(administrator: Actor) -> None:
    role = role_of("reviewer")
    for rights in ([], [SUBMIT], [REVIEW]):
        edit_role(actor=administrator, role_id=role.id, rights=rights)
    versions = list(RoleRights.objects.filter(role=role).order_by("valid_from", "id"))
    assert [each.valid_until for each in versions] == [*(each.valid_from for each in versions[1:]), None]
    with pytest.raises(IntegrityError), transaction.atomic():
        RoleRights.objects.create(role=role, rights=[SUBMIT])


def test_a_role_of_ones_own_is_given_over_everything_or_one_object(administrator: Actor, organization: Any) -> None:
    role = add_role(actor=administrator, code="counter", title=" Counter of  members", rights=[REVIEW])
    assert titles_of(["counter", "nothing"]) == {"counter": "Counter of members", "nothing": "nothing"}
    wide, narrow = new_member(organization), new_member(organization)
    give_grant(actor=administrator, member_id=wide.id, role="counter")
    give_grant(actor=administrator, member_id=narrow.id, role="counter", over=wide)
    assert actor_for(wide).rights == actor_for(narrow).object_rights == {REVIEW}
    assert list(visible_to(actor_for(narrow), REVIEW, Member.objects.all())) == [wide]
    edit_role(actor=administrator, role_id=role.id, rights=[SUBMIT], title="Counter")
    assert visible_to(actor_for(narrow), REVIEW, Member.objects.all()).count() == 0
    with pytest.raises(Forbidden):
        actor_for(narrow).require(REVIEW, over=wide)
    assert str(role_of("counter")) == "Counter"


def test_an_ended_role_gives_nothing_and_is_given_to_nobody(administrator: Actor, organization: Any) -> None:
    role = add_role(actor=administrator, code="counter", title="Counter", rights=[REVIEW])
    holder = new_member(organization, "counter")
    for _ in range(2):
        assert end_role(actor=administrator, role_id=role.id).ended_at
    actor = actor_for(holder)
    assert (actor.roles, actor.rights) == ((), frozenset())
    with pytest.raises(InvalidInput), transaction.atomic():
        give_grant(actor=administrator, member_id=holder.id, role="counter")
    with pytest.raises(NotFound), transaction.atomic():
        edit_role(actor=administrator, role_id=role.id, rights=[REVIEW])
    with pytest.raises(InvalidInput), transaction.atomic():
        add_role(actor=administrator, code="counter", title="Again", rights=[])
    assert Event.objects.filter(subject_id=role.id, verb="access.role.ended").count() == 1


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "a code that exists": ({"code": "reviewer"}, "code"),
    "a code that is none": ({"code": "Ein Rat"}, "code"),
    "no title": ({"title": " "}, "title"),
    "a title too long": ({"title": "x" * 101}, "title"),
    "a right that nobody declares": ({"rights": ["king.be"]}, "rights"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_role_is_refused(administrator: Actor, name: str) -> None:
    values, field = REFUSED[name]
    with pytest.raises(InvalidInput) as refusal, transaction.atomic():
        add_role(actor=administrator, **({"code": "new", "title": "New", "rights": []} | values))
    assert list(refusal.value.fields) == [field]


def test_only_who_manages_access_edits_roles(organization: Any) -> None:
    actor, role = actor_for(new_member(organization, "reviewer")), role_of("reviewer")
    attempts: list[Callable[[], Role]] = [
        lambda: add_role(actor=actor, code="new", title="New", rights=[]),
        lambda: edit_role(actor=actor, role_id=role.id, rights=list(registry().rights)),
        lambda: end_role(actor=actor, role_id=role.id),
    ]
    for attempt in attempts:
        with pytest.raises(Forbidden), transaction.atomic():
            attempt()
    assert contents("reviewer") == [(REVIEW,)]


def test_a_declared_role_is_emptied_and_not_ended(administrator: Actor) -> None:
    with pytest.raises(InvalidInput), transaction.atomic():
        end_role(actor=administrator, role_id=role_of("reviewer").id)
    edit_role(actor=administrator, role_id=role_of("reviewer").id, rights=[])
    assert rights_of(["reviewer"]) == frozenset()
    with pytest.raises(NotFound), transaction.atomic():
        end_role(actor=administrator, role_id=uuid4())


def test_somebody_is_left_who_manages_access(administrator: Actor, organization: Any) -> None:
    role = role_of("administrator")
    with pytest.raises(NobodyLeft), transaction.atomic():
        edit_role(actor=administrator, role_id=role.id, rights=[SUBMIT])
    own = add_role(actor=administrator, code="steward", title="Steward", rights=["access.manage"])
    steward = new_member(organization, "steward")
    edit_role(actor=administrator, role_id=role.id, rights=[SUBMIT])
    assert [helper.id for helper in list_helpers(["reviewer"])] == [steward.id]
    with pytest.raises(NobodyLeft), transaction.atomic():
        end_role(actor=actor_for(steward), role_id=own.id)


def test_another_organisations_roles_are_not_there(administrator: Actor, other_organization: Any, scope: Any) -> None:
    with scope(other_organization):
        theirs = role_of("reviewer").id
    with pytest.raises(NotFound), transaction.atomic():
        edit_role(actor=administrator, role_id=theirs, rights=[])


def test_rights_come_with_the_one_statement(
    organization: Any, count_statements: Callable[[], AbstractContextManager[Statements]]
) -> None:
    member = new_member(organization, "reviewer", "submitter")
    with count_statements() as seen:
        actor_for(member)
    assert seen.count == 1, seen.calls


def test_an_edited_role_follows_again(monkeypatch: pytest.MonkeyPatch, administrator: Actor) -> None:
    role = role_of("reviewer")
    edit_role(actor=administrator, role_id=role.id, rights=[SUBMIT])
    redeclare(monkeypatch, "reviewer", REVIEW, SUBMIT)
    for _ in range(2):
        follow_role(actor=administrator, role_id=role.id)
    assert contents("reviewer") == [(REVIEW,), (SUBMIT,), (REVIEW, SUBMIT)]
    assert Event.objects.filter(subject_id=role.id, verb="access.role.changed").count() == 2
    redeclare(monkeypatch, "reviewer", REVIEW)
    setup_roles()
    assert contents("reviewer")[-1] == (REVIEW,)


def test_a_role_edited_to_what_is_declared_follows_only_when_told(
    monkeypatch: pytest.MonkeyPatch, administrator: Actor
) -> None:
    role = role_of("reviewer")
    for rights in ([SUBMIT], [REVIEW]):
        edit_role(actor=administrator, role_id=role.id, rights=rights)
    redeclare(monkeypatch, "reviewer", REVIEW, SUBMIT)
    setup_roles()
    assert contents("reviewer")[-1] == (REVIEW,)


def test_only_what_is_declared_is_followed(monkeypatch: pytest.MonkeyPatch, administrator: Actor) -> None:
    own = add_role(actor=administrator, code="counter", title="Counter", rights=[REVIEW])
    gone = role_of("submitter")
    undeclare(monkeypatch, registry().roles, "submitter")
    for role in (own, gone):
        with pytest.raises(InvalidInput), transaction.atomic():
            follow_role(actor=administrator, role_id=role.id)
    with pytest.raises(NotFound), transaction.atomic():
        follow_role(actor=administrator, role_id=uuid4())
    with pytest.raises(NobodyLeft), transaction.atomic():
        manager = role_of("administrator")
        redeclare(monkeypatch, "administrator", SUBMIT)
        edit_role(actor=administrator, role_id=manager.id, rights=["access.manage"])
        follow_role(actor=administrator, role_id=manager.id)
