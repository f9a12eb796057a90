"""Roles from groups: a group means a role, and whoever is in it has a grant for as long as they are."""

from collections.abc import Collection, Iterable, Mapping
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from bailiwick.kernel.access.actions.grants import end_all_of
from bailiwick.kernel.access.actions.standing import end_standing, give_standing, require_giving
from bailiwick.kernel.access.actions.turns import lock_members, lock_roles
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.access.errors import RightsInConflict
from bailiwick.kernel.audit.actions import record
from bailiwick.kernel.base.actors import ActorRef
from bailiwick.kernel.base.errors import InvalidInput, NotFound
from bailiwick.kernel.federation.errors import GroupMapped
from bailiwick.kernel.federation.manifest import APPLY_GROUPS, MANAGE
from bailiwick.kernel.federation.models import GroupGrant, GroupRole, Provider
from bailiwick.kernel.federation.queries.groups import means_group
from bailiwick.kernel.identity.actions.sessions import require_fresh
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.jobs.actions import submit_job

MOST_ROLES = 500


def apply_groups(actor: ActorRef, *, member_id: UUID, provider_id: UUID | None, groups: Collection[str]) -> None:
    """Give and end the grants that follow from somebody's groups, as a provider (or, without one, SCIM) tells them.

    Whatever else they were granted stays. What follows from a group and was ended by hand is not given again before
    they have left the group. What would give them two rights that are kept apart is left out, and told.
    """
    with transaction.atomic(savepoint=False):
        # Two who tell of one person at a time wait here for each other.
        lock_members(member_id)
        kind = Provider.objects.values_list("kind", flat=True).get(id=provider_id) if provider_id else None
        roles = GroupRole.objects.filter(provider_id=provider_id, ended_at=None)
        wanted = {role.id: role for role in roles if means_group(role.group, groups, kind)}
        held = GroupGrant.objects.filter(member_id=member_id, group_role__provider_id=provider_id, ended_at=None)
        standing = {each.group_role_id: each for each in held}
        if wanted.keys() != standing.keys():
            lock_roles()
            _end(actor, [each for role_id, each in standing.items() if role_id not in wanted])
            for role_id in sorted(wanted.keys() - standing.keys()):
                _give(actor, member_id, wanted[role_id])


def apply_groups_to(actor: ActorRef, *, provider_id: UUID | None, groups: Mapping[UUID, Collection[str]]) -> None:
    """As `apply_groups`, for several members in one transaction."""
    with transaction.atomic(savepoint=False):
        # All of them first: whoever waits for one of them holds no role that these wait for.
        lock_members(*groups)
        for member_id in sorted(groups):
            apply_groups(actor, member_id=member_id, provider_id=provider_id, groups=groups[member_id])


def _give(actor: ActorRef, member_id: UUID, mapping: GroupRole) -> None:
    """Coming in by a group never fails because of a conflict: it is tried again when the groups are told again."""
    try:
        grant = give_standing(actor, member_id, mapping.role)
    except RightsInConflict as refusal:
        told = {"member": str(member_id), "role": mapping.role, "first": refusal.data["first"]}
        record(actor, "federation.group.skipped", mapping, told | {"second": refusal.data["second"]})
    else:
        GroupGrant.objects.create(member_id=member_id, group_role_id=mapping.id, grant_id=grant.id)


def _end(actor: ActorRef, over: Iterable[GroupGrant]) -> None:
    over = list(over)
    if over:
        GroupGrant.objects.filter(id__in=[each.id for each in over]).update(ended_at=Now())
        end_standing(actor, [each.grant_id for each in over])


def end_roles_of(actor: ActorRef, *, member_id: UUID) -> None:
    """Whoever a directory lets go holds nothing any more, and gets back what groups give when it has them again.

    What follows from a group and was ended by hand stays so.
    """
    lock_roles()
    standing = GroupGrant.objects.filter(member_id=member_id, ended_at=None, grant__revoked_at=None)
    GroupGrant.objects.filter(id__in=list(standing.values_list("id", flat=True))).update(ended_at=Now())
    end_all_of(actor, member_id=member_id)


def map_group(*, actor: Actor, provider_id: UUID | None, group: str, role: str) -> GroupRole:
    """Let a group mean a role, given at once to whom it is known of; nobody lets it mean what they may not give.

    Raises GrantTooWide, GroupMapped, InvalidInput, NotFound.
    """
    actor.require(MANAGE)
    require_fresh(actor)
    group = " ".join(group.split())
    if not group or len(group) > 500 or not group.isprintable():
        raise InvalidInput({"group": [_("Give the name of the group, as the directory writes it.")]})
    with transaction.atomic(savepoint=False):
        require_giving(actor, role)
        # Mappings are made one at a time, so that none comes twice.
        Member.objects.select_for_update().get(id=actor.member_id)
        if provider_id and not Provider.objects.filter(id=provider_id).exists():
            raise NotFound
        present = GroupRole.objects.filter(ended_at=None)
        if present.filter(provider_id=provider_id, group=group, role=role).exists():
            raise GroupMapped
        if present.count() >= MOST_ROLES:
            raise InvalidInput({"group": [_("There are {n} groups with roles already.").format(n=MOST_ROLES)]})
        mapping = GroupRole.objects.create(provider_id=provider_id, group=group, role=role)
        mapping.refresh_from_db()
        record(actor.ref, "federation.group.mapped", mapping, {"group": group, "role": role})
        submit_job(actor=actor, kind=APPLY_GROUPS, arguments={"provider": str(provider_id or "")})
        return mapping


def unmap_group(*, actor: Actor, group_role_id: UUID) -> GroupRole:
    """A group means the role no longer: whoever had it by that loses it now. Doing so twice changes nothing."""
    actor.require(MANAGE)
    require_fresh(actor)
    with transaction.atomic(savepoint=False):
        mapping = GroupRole.objects.select_for_update().filter(id=group_role_id).first()
        if mapping is None:
            raise NotFound
        if mapping.ended_at is None:
            GroupRole.objects.filter(id=group_role_id).update(ended_at=Now())
            _end(actor.ref, GroupGrant.objects.filter(group_role_id=group_role_id, ended_at=None))
            record(actor.ref, "federation.group.unmapped", mapping, {"group": mapping.group, "role": mapping.role})
        return mapping
