"""What roles contain: as declared, until an organisation sets it itself."""

import re
from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from bailiwick.kernel.access.actions.conflicts import require_role_apart
from bailiwick.kernel.access.actions.grants import require_somebody_left
from bailiwick.kernel.access.actions.turns import lock_roles
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.access.models import Role, RoleRights
from bailiwick.kernel.access.queries import require_manager
from bailiwick.kernel.audit.actions import record
from bailiwick.kernel.base.errors import InvalidInput, NotFound
from bailiwick.kernel.base.manifest import Role as DeclaredRole
from bailiwick.kernel.base.manifest import registry
from bailiwick.kernel.tenancy.queries import get_installation_id
from bailiwick.kernel.tenancy.scope import require_scope


def setup_roles() -> None:
    """Bring the declared roles of the organisation in scope up to the manifests; what it edited itself stays.

    Called by whoever makes an organisation and at every migration; doing so twice changes nothing.
    """
    place = require_scope().organization_id
    is_installation = place == get_installation_id()
    declared = registry().roles | (registry().installation_roles if is_installation else {})
    with transaction.atomic(savepoint=False):
        # The owner of the tables, who migrates, sees every organisation: its own is named.
        kept = {role.code: role for role in Role.objects.select_for_update().filter(organization_id=place)}
        missing = [code for code in declared if code not in kept]
        Role.objects.bulk_create(
            Role(code=code, is_declared=True, needs_two=declared[code].needs_two) for code in missing
        )
        RoleRights.objects.bulk_create(
            RoleRights(role=role, rights=sorted(declared[role.code].rights))
            for role in Role.objects.filter(organization_id=place, code__in=missing)
        )
        followed = RoleRights.objects.filter(organization_id=place, valid_until=None, set_by=None)
        for version in followed.filter(role__is_declared=True, role__in=kept.values()).select_related("role"):
            if version.role.code in declared:
                _follow(version, declared[version.role.code])


def _follow(version: RoleRights, wanted: DeclaredRole) -> None:
    role = version.role
    if wanted.needs_two != role.needs_two:
        Role.objects.filter(id=role.id).update(needs_two=wanted.needs_two)
    if sorted(wanted.rights) != version.rights:
        _write_version(role, wanted.rights, None)


def add_role(*, actor: Actor, code: str, title: str, rights: Iterable[str], needs_two: bool = False) -> Role:
    """A role of the organisation's own; needs `access.manage`. Raises RightsInConflict, HeldAsDeputy, InvalidInput."""
    with transaction.atomic(savepoint=False):
        require_manager(actor)
        wanted = _checked(rights)
        title = _checked_title(title)
        if not re.fullmatch(r"[a-z][a-z0-9-]{0,99}", code):
            raise InvalidInput({"code": [_("Use small letters, digits and hyphens, beginning with a letter.")]})
        if Role.objects.filter(code=code).exists() or code in registry().roles:
            raise InvalidInput({"code": [_("There is, or was, a role of this code.")]})
        role = Role.objects.create(code=code, own_title=title, needs_two=needs_two)
        role.refresh_from_db()
        RoleRights.objects.create(role=role, rights=wanted, set_by_id=actor.member_id)
        require_role_apart(code, wanted, wanted)
        told = {"code": code, "title": title, "rights": wanted, "needs_two": needs_two}
        record(actor.ref, "access.role.added", role, told)
        return role


def edit_role(
    *, actor: Actor, role_id: UUID, rights: Iterable[str], title: str = "", needs_two: bool | None = None
) -> Role:
    """Set what a role contains from now on, for everybody who holds it; needs `access.manage`.

    A declared role keeps its title. `needs_two` stays where it is None, and touches no grant that is given already.
    Raises RightsInConflict, HeldAsDeputy, NobodyLeft, InvalidInput, NotFound.
    """
    with transaction.atomic(savepoint=False):
        require_manager(actor)
        role = _lock(role_id)
        wanted = _checked(rights)
        title = "" if role.is_declared else _checked_title(title)
        pair = role.needs_two if needs_two is None else needs_two
        return _set(actor, role, wanted, title, pair, actor.member_id)


def follow_role(*, actor: Actor, role_id: UUID) -> Role:
    """A declared role contains what is declared again, today's and tomorrow's; needs `access.manage`.

    Raises RightsInConflict, HeldAsDeputy, NobodyLeft, InvalidInput for a role that nothing declares, NotFound.
    """
    with transaction.atomic(savepoint=False):
        require_manager(actor)
        role = _lock(role_id)
        declared = registry().roles.get(role.code)
        if not role.is_declared or declared is None:
            raise InvalidInput({"role": [_("The product does not declare this role: set its rights yourself.")]})
        return _set(actor, role, sorted(declared.rights), "", declared.needs_two, None)


def _set(actor: Actor, role: Role, wanted: list[str], title: str, needs_two: bool, set_by_id: UUID | None) -> Role:
    """Nothing, where nothing changes; a declared role is edited from its first change on, until it follows again."""
    version = RoleRights.objects.get(role_id=role.id, valid_until=None)
    before = _told(role.own_title, version.rights, role.needs_two)
    after = _told(title, wanted, needs_two)
    is_back = set_by_id is None and version.set_by_id is not None
    if before == after and not is_back:
        return role
    Role.objects.filter(id=role.id).update(own_title=title, needs_two=needs_two)
    is_edited = role.is_declared and version.set_by_id is None and set_by_id is not None
    if version.rights != wanted or is_back or is_edited:
        _write_version(role, wanted, set_by_id)
        require_role_apart(role.code, wanted, set(wanted) - set(version.rights))
        require_somebody_left()
    role.refresh_from_db()
    record(actor.ref, "access.role.changed", role, {"before": before, "after": after})
    return role


def _told(title: str, rights: Collection[str], needs_two: bool) -> dict[str, Any]:
    return {"title": title, "rights": list(rights), "needs_two": needs_two}


def end_role(*, actor: Actor, role_id: UUID) -> Role:
    """A role gives nothing from now on and is not given any more; needs `access.manage`.

    Only an organisation's own can be ended, and ending it twice changes nothing. Raises HeldAsDeputy, NobodyLeft,
    InvalidInput, NotFound.
    """
    with transaction.atomic(savepoint=False):
        require_manager(actor)
        role = next((role for role in lock_roles().values() if role.id == role_id), None)
        if role is None:
            raise NotFound
        if role.is_declared:
            raise InvalidInput({"role": [_("This role comes with the product: take its rights away instead.")]})
        if role.ended_at is None:
            RoleRights.objects.filter(role_id=role.id, valid_until=None).update(valid_until=Now())
            Role.objects.filter(id=role.id).update(ended_at=Now())
            require_somebody_left()
            record(actor.ref, "access.role.ended", role, {"code": role.code})
            role.refresh_from_db()
        return role


def _lock(role_id: UUID) -> Role:
    role = next((role for role in lock_roles().values() if role.id == role_id), None)
    if role is None or role.ended_at is not None:
        raise NotFound
    return role


def _write_version(role: Role, rights: Iterable[str], set_by_id: UUID | None) -> None:
    """The next version begins where the last one ends, so that there is one at every moment."""
    last = RoleRights.objects.get(role_id=role.id, valid_until=None)
    RoleRights.objects.filter(id=last.id).update(valid_until=Now())
    last.refresh_from_db(fields=["valid_until"])
    RoleRights.objects.create(role=role, rights=sorted(rights), set_by_id=set_by_id, valid_from=last.valid_until)


def _checked(rights: Iterable[str]) -> list[str]:
    wanted = sorted(set(rights))
    if unknown := [right for right in wanted if right not in registry().rights]:
        raise InvalidInput({"rights": [_("There is no right “{right}”.").format(right=unknown[0])]})
    return wanted


def _checked_title(title: str) -> str:
    title = " ".join(title.split())
    if not title or len(title) > 100 or not title.isprintable():
        raise InvalidInput({"title": [_("Give a title of at most 100 characters.")]})
    return title
