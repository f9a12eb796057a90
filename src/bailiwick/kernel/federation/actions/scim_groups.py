"""Groups, as a directory keeps them here by SCIM: who is in them has the roles that they mean."""

from collections.abc import Callable, Collection
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now
from scim2_models import InvalidValueException, PatchOp

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.audit.actions import record
from bailiwick.kernel.federation.actions.groups import apply_groups_to
from bailiwick.kernel.federation.actions.scim_rows import (
    insert_row,
    lock_row,
    patching,
    remove_row,
    require_provisioning,
    store_row,
)
from bailiwick.kernel.federation.errors import NameTaken
from bailiwick.kernel.federation.manifest import APPLY_GROUPS
from bailiwick.kernel.federation.models import DirectoryGroup, DirectoryMembership, DirectoryUser, GroupRole
from bailiwick.kernel.federation.queries.groups import groups_of_person, people_below
from bailiwick.kernel.federation.queries.scim import members_of
from bailiwick.kernel.federation.rules.scim import (
    MOST_MEMBERS,
    Group,
    clean_name,
    clean_reference,
    group_of,
    read_id,
)
from bailiwick.kernel.jobs.actions import submit_job

AT_ONCE = 500
"""People whose roles follow within the request."""


def add_group(*, actor: Actor, given: Group) -> DirectoryGroup:
    """A group with whom the directory says is in it. Raises NameTaken, InvalidValueException."""
    require_provisioning(actor)
    with transaction.atomic(savepoint=False):
        name, wanted = clean_name(given.display_name), _ids_in(given)
        row = DirectoryGroup(display_name=name, external_id=clean_reference(given.external_id))
        _refuse_taken(name)
        insert_row(row)
        touched = _change_members(row, wanted)
        record(actor.ref, "federation.directory_group.added", row, {"members": len(wanted)})
        _give_roles(actor, touched)
        return row


def replace_group(
    *, actor: Actor, group_id: UUID, given: Group, versions: Collection[int] | None = None
) -> DirectoryGroup:
    """All of a group anew. Raises NotFound, NameTaken, ChangedMeanwhile, InvalidValueException."""
    return _change(actor, group_id, versions, lambda _present: given)


def patch_group(
    *, actor: Actor, group_id: UUID, operations: PatchOp[Group], versions: Collection[int] | None = None
) -> DirectoryGroup:
    """Some of a group anew (RFC 7644, section 3.5.2). Raises NotFound, NameTaken, ChangedMeanwhile, SCIMException."""
    return _change(actor, group_id, versions, patching(operations))


def _change(
    actor: Actor, group_id: UUID, versions: Collection[int] | None, change: Callable[[Group], Group]
) -> DirectoryGroup:
    require_provisioning(actor)
    with transaction.atomic(savepoint=False):
        row = lock_row(DirectoryGroup.objects.all(), group_id, versions)
        group = change(group_of(row, members_of([row.id]).get(row.id, [])))
        name, external_id = clean_name(group.display_name), clean_reference(group.external_id)
        if name.lower() != row.display_name.lower():
            _refuse_taken(name, besides=row.id)
        is_named_anew = name != row.display_name
        touched = _change_members(row, _ids_in(group))
        if touched or is_named_anew or external_id != row.external_id:
            row.display_name, row.external_id = name, external_id
            store_row(row, "display_name", "external_id")
            record(actor.ref, "federation.directory_group.changed", row, {"members": len(touched)})
            _give_roles(actor, touched | (people_below([row.id]) if is_named_anew else set()))
        row.refresh_from_db()
        return row


def remove_group(*, actor: Actor, group_id: UUID, versions: Collection[int] | None = None) -> None:
    """The directory has the group no longer: what it meant ends for everybody in it. Raises NotFound."""
    require_provisioning(actor)
    with transaction.atomic(savepoint=False):
        row = lock_row(DirectoryGroup.objects.all(), group_id, versions)
        touched = people_below([row.id])
        inside = DirectoryMembership.objects.filter(ended_at=None)
        inside.filter(group_id=row.id).update(ended_at=Now())
        inside.filter(subgroup_id=row.id).update(ended_at=Now())
        remove_row(row)
        record(actor.ref, "federation.directory_group.removed", row, {"members": len(touched)})
        _give_roles(actor, touched)


def _ids_in(group: Group) -> set[UUID]:
    ids = {read_id(member.value) for member in group.members or ()}
    if len(ids) > MOST_MEMBERS:
        raise InvalidValueException(detail=f"A group has at most {MOST_MEMBERS} members.")
    return ids


def _change_members(row: DirectoryGroup, wanted: Collection[UUID]) -> set[UUID]:
    """Write who came and who went; the people to whom that makes a difference, through groups in the group too."""
    present = DirectoryMembership.objects.filter(group_id=row.id, ended_at=None)
    before = {
        user_id or subgroup_id: pk for pk, user_id, subgroup_id in present.values_list("id", "user_id", "subgroup_id")
    }
    came, went = set(wanted) - before.keys(), before.keys() - set(wanted)
    people = _people_among(came | went)
    groups = came - people
    known = set(DirectoryGroup.objects.filter(id__in=groups, removed_at=None).values_list("id", flat=True))
    if groups != known or row.id in groups:
        raise InvalidValueException(detail="A member of the group is not known here.")
    if went:
        DirectoryMembership.objects.filter(id__in=[before[each] for each in went]).update(ended_at=Now())
    DirectoryMembership.objects.bulk_create(
        DirectoryMembership(group_id=row.id, **({"user_id": each} if each in people else {"subgroup_id": each}))
        for each in sorted(came)
    )
    return people | people_below((came | went) - people)


def _people_among(ids: Collection[UUID]) -> set[UUID]:
    return set(DirectoryUser.objects.filter(id__in=ids, removed_at=None).values_list("id", flat=True))


def _give_roles(actor: Actor, people: Collection[UUID]) -> None:
    """At once where they are few; else by a job that follows."""
    if not people or not GroupRole.objects.filter(provider=None, ended_at=None).exists():
        return
    if len(people) > AT_ONCE:
        submit_job(actor=actor, kind=APPLY_GROUPS, arguments={"provider": ""})
        return
    rows = DirectoryUser.objects.filter(id__in=people, removed_at=None).values_list("id", "member_id")
    groups = {member_id: groups_of_person(person_id) for person_id, member_id in rows}
    apply_groups_to(actor.ref, provider_id=None, groups=groups)


def _refuse_taken(name: str, besides: UUID | None = None) -> None:
    if DirectoryGroup.objects.filter(display_name__iexact=name, removed_at=None).exclude(id=besides).exists():
        raise NameTaken
