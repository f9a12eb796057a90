"""People, as a directory keeps them here by SCIM: this organisation's membership of theirs, and nothing else."""

from collections.abc import Callable, Collection
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now
from scim2_models import PatchOp

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.audit.actions import record
from bailiwick.kernel.federation.actions.groups import apply_groups, end_roles_of
from bailiwick.kernel.federation.actions.scim_rows import (
    insert_row,
    lock_row,
    patching,
    remove_row,
    require_provisioning,
    store_row,
)
from bailiwick.kernel.federation.errors import KeptIn, NameTaken
from bailiwick.kernel.federation.models import DirectoryMembership, DirectoryUser
from bailiwick.kernel.federation.queries.groups import groups_of_person
from bailiwick.kernel.federation.queries.providers import is_verified
from bailiwick.kernel.federation.rules.scim import (
    Person,
    clean_name,
    clean_reference,
    department,
    full_name,
    kept_attributes,
    mail_address,
    person_of,
    written_name,
)
from bailiwick.kernel.federation.rules.vouching import read_mail
from bailiwick.kernel.identity.actions.memberships import (
    add_vouched,
    change_member,
    end_membership,
    resume_membership,
)
from bailiwick.kernel.identity.choices import MemberKind, SessionEnd
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.identity.queries.policies import get_policy


def add_person(*, actor: Actor, given: Person) -> DirectoryUser:
    """Somebody whom the directory tells of. Raises NameTaken, InvalidValueException.

    A member of this organisation with that login, whom no directory keeps yet, is them. Anybody else is new: of the
    people of other organisations nothing is asked.
    """
    require_provisioning(actor)
    user_name, attributes = clean_name(given.user_name), kept_attributes(given)
    with transaction.atomic(savepoint=False):
        _refuse_taken(user_name)
        member = _present_member(user_name)
        if member is None:
            first_name, last_name = written_name(attributes)
            mail = mail_address(attributes)
            member = add_vouched(
                actor.ref,
                name=full_name(attributes, user_name),
                first_name=first_name,
                last_name=last_name,
                email=mail,
                is_confirmed=is_verified(read_mail(mail)[1]),
                department=department(attributes),
            )
        row = DirectoryUser(
            member_id=member.id,
            user_name=user_name,
            external_id=clean_reference(given.external_id),
            attributes=attributes,
        )
        insert_row(row)
        record(actor.ref, "federation.person.added", row, {"member": str(member.id)})
        _follow(actor, row, is_active=given.active is not False)
        return _fresh(row)


def _present_member(user_name: str) -> Member | None:
    kept = DirectoryUser.objects.filter(removed_at=None).values("member_id")
    people = Member.objects.filter(kind=MemberKind.PERSON, is_active=True, user__username__iexact=user_name)
    return people.exclude(id__in=kept).first()


def _refuse_taken(user_name: str, besides: UUID | None = None) -> None:
    same = DirectoryUser.objects.filter(user_name__iexact=user_name, removed_at=None).exclude(id=besides)
    if same.exists():
        raise NameTaken


def replace_person(
    *, actor: Actor, person_id: UUID, given: Person, versions: Collection[int] | None = None
) -> DirectoryUser:
    """All of a person anew; without `active` they stay as they are. Raises NotFound, NameTaken, ChangedMeanwhile."""

    def replace(present: Person) -> Person:
        given.replace(present)
        if given.active is None:
            given.active = present.active
        return given

    return _change(actor, person_id, versions, replace)


def patch_person(
    *, actor: Actor, person_id: UUID, operations: PatchOp[Person], versions: Collection[int] | None = None
) -> DirectoryUser:
    """Some of a person anew (RFC 7644, section 3.5.2). Raises NotFound, NameTaken, ChangedMeanwhile, SCIMException."""
    return _change(actor, person_id, versions, patching(operations))


def _change(
    actor: Actor, person_id: UUID, versions: Collection[int] | None, change: Callable[[Person], Person]
) -> DirectoryUser:
    require_provisioning(actor)
    with transaction.atomic(savepoint=False):
        row = _lock(person_id, versions)
        person = change(person_of(row, is_active=row.member.is_active))
        user_name, attributes = clean_name(person.user_name), kept_attributes(person)
        external_id = clean_reference(person.external_id)
        is_changed = (row.user_name, row.external_id, row.attributes) != (user_name, external_id, attributes)
        if row.user_name.lower() != user_name.lower():
            _refuse_taken(user_name, besides=row.id)
        row.user_name, row.external_id, row.attributes = user_name, external_id, attributes
        is_active = person.active is not False
        if is_changed or is_active != row.member.is_active:
            store_row(row, "user_name", "external_id", "attributes")
            record(actor.ref, "federation.person.changed", row, {"member": str(row.member_id), "is_active": is_active})
            _follow(actor, row, is_active=is_active)
        return _fresh(row)


def _follow(actor: Actor, row: DirectoryUser, *, is_active: bool) -> None:
    """Let the membership be as the directory says: what it is called, and whether there is one."""
    change_member(
        actor.ref,
        member_id=row.member_id,
        name=full_name(row.attributes, row.user_name),
        department=department(row.attributes),
    )
    if not is_active:
        let_go(actor, row.member_id)
    elif resume_membership(actor.ref, member_id=row.member_id):
        apply_groups(actor.ref, member_id=row.member_id, provider_id=None, groups=groups_of_person(row.id))


def let_go(actor: Actor, member_id: UUID) -> None:
    """End a membership by a directory's word; raises KeptIn for whoever opens the door when all else fails."""
    if get_policy().break_glass_id == member_id:
        raise KeptIn
    end_membership(actor.ref, member_id=member_id, why=SessionEnd.PROVIDER)
    end_roles_of(actor.ref, member_id=member_id)


def remove_person(*, actor: Actor, person_id: UUID, versions: Collection[int] | None = None) -> None:
    """The directory has nobody of this id any more: the membership ends, the person's others stay.

    Raises NotFound, ChangedMeanwhile, KeptIn.
    """
    require_provisioning(actor)
    with transaction.atomic(savepoint=False):
        row = _lock(person_id, versions)
        let_go(actor, row.member_id)
        DirectoryMembership.objects.filter(user_id=row.id, ended_at=None).update(ended_at=Now())
        apply_groups(actor.ref, member_id=row.member_id, provider_id=None, groups=())
        remove_row(row)
        record(actor.ref, "federation.person.removed", row, {"member": str(row.member_id)})


def _lock(person_id: UUID, versions: Collection[int] | None) -> DirectoryUser:
    return lock_row(DirectoryUser.objects.select_related("member"), person_id, versions)


def _fresh(row: DirectoryUser) -> DirectoryUser:
    return DirectoryUser.objects.select_related("member").get(id=row.id)
