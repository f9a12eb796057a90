"""What operators do: enter an organisation, look, leave. Each is told in its trail, and none changes anything of it."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Model
from django.utils.timezone import now
from django.utils.translation import gettext as _

from bailiwick.kernel.access.actions import write_grant
from bailiwick.kernel.access.actions.grants import end_trees
from bailiwick.kernel.access.actions.roles import setup_roles
from bailiwick.kernel.access.actors import Actor, is_current
from bailiwick.kernel.access.models import Grant
from bailiwick.kernel.audit.actions import record, record_reading
from bailiwick.kernel.base.actors import ActorRef
from bailiwick.kernel.base.errors import InvalidInput, NotFound
from bailiwick.kernel.base.identifiers import new_uuid7
from bailiwick.kernel.base.manifest import OPERATION, registry
from bailiwick.kernel.identity.actions import add_member
from bailiwick.kernel.identity.actions.memberships import resume_membership
from bailiwick.kernel.identity.choices import Credential, MemberKind
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.identity.queries import find_member
from bailiwick.kernel.identity.queries.people import find_by_login
from bailiwick.kernel.operators.errors import NoSuchLogin
from bailiwick.kernel.operators.manifest import OPERATE, OPERATOR
from bailiwick.kernel.operators.queries import find_place
from bailiwick.kernel.operators.values import LASTS, Visit
from bailiwick.kernel.tenancy.models import Organization
from bailiwick.kernel.tenancy.queries import get_installation_id
from bailiwick.kernel.tenancy.scope import enter

LONGEST_REASON = 500


def enter_organization(*, actor: Actor, organization_id: UUID, reason: str) -> Visit:
    """Begin to look into an organisation; its own trail and the installation's say who does, and why.

    Needs `installation.operate`, held in the installation's own organisation. Raises InvalidInput, NotFound.
    """
    with transaction.atomic(savepoint=False):
        _require_operator(actor)
        reason = " ".join(reason.split())
        if not 0 < len(reason) <= LONGEST_REASON:
            sentence = _("Say why, in at most %(most)d characters: the organisation reads it.")
            raise InvalidInput({"reason": [sentence % {"most": LONGEST_REASON}]})
        organization = _get_place(organization_id)
        visit = Visit(organization_id, now() + LASTS)
        told = {"reason": reason, "until": visit.until.isoformat()}
        _record_twice(actor, "operators.organization.entered", organization, told)
        return visit


def leave_organization(*, actor: Actor, organization_id: UUID) -> None:
    """Stop looking into an organisation; needs `installation.operate`. Raises NotFound."""
    with transaction.atomic(savepoint=False):
        _require_operator(actor)
        _record_twice(actor, "operators.organization.left", _get_place(organization_id), {})


def note_list(*, actor: Actor, organization_id: UUID, model: type[Model], page: str, keys: Sequence[UUID]) -> None:
    """Tell in an organisation's trail that a list of one of its tables was seen; needs `installation.operate`."""
    with transaction.atomic(savepoint=False):
        _require_operator(actor)
        seen = {"table": model._meta.db_table, "page": page}
        _record_there(actor, organization_id, "operators.list.seen", _get_place(organization_id), seen)
        _record_reading(actor, organization_id, model, keys)


def note_row(*, actor: Actor, organization_id: UUID, row: Model) -> None:
    """Tell in an organisation's trail that one row was seen; needs `installation.operate`."""
    with transaction.atomic(savepoint=False):
        _require_operator(actor)
        _record_there(actor, organization_id, "operators.row.seen", row, {"table": row._meta.db_table})
        _record_reading(actor, organization_id, type(row), [row.pk])


def _require_operator(actor: Actor) -> None:
    """A role of an organisation may contain any right: this one counts in the installation's own alone."""
    if actor.organization_id != get_installation_id():
        raise NotFound
    actor.require(OPERATE)


def _get_place(organization_id: UUID) -> Organization:
    organization = find_place(organization_id)
    if organization is None:
        raise NotFound
    return organization


def _record_twice(actor: Actor, verb: str, organization: Organization, data: Mapping[str, Any]) -> None:
    if organization.id != actor.organization_id:
        record(actor.ref, verb, organization, data)
    _record_there(actor, organization.id, verb, organization, data)


def _record_there(actor: Actor, organization_id: UUID, verb: str, subject: Model, data: Mapping[str, Any]) -> None:
    """In the organisation looked into nobody is a member for this: the operator is named."""
    with enter(organization_id):
        house = ActorRef(organization_id, None, actor.credential)
        record(house, verb, subject, {"operator": actor.name, "operator_id": str(actor.member_id), **data})


def _record_reading(actor: Actor, organization_id: UUID, model: type[Model], keys: Sequence[UUID]) -> None:
    """What is sensitive there is in its report of disclosures too; who it was, the event of the same request says."""
    kind = model._meta.label_lower
    if kind in registry().sensitives:
        about = keys if model is Member else ()
        with enter(organization_id):
            record_reading(ActorRef(organization_id, None, actor.credential), kind, keys, OPERATION.code, about)


def name_operator(login: str) -> bool:
    """Make a person an operator, and a member of the installation's own organisation; returns whether they were none.

    For whoever works on the machine itself. Raises NoSuchLogin.
    """
    with enter(get_installation_id(), request_id=str(new_uuid7())):
        setup_roles()
        house = ActorRef(get_installation_id(), None, Credential.SYSTEM)
        user = find_by_login(login)
        if user is None or not user.is_active:
            raise NoSuchLogin
        member = find_member(login) or add_member(house, name=user.full_name, kind=MemberKind.PERSON, user_id=user.id)
        resume_membership(house, member_id=member.id)
        if _held(member.id):
            return False
        write_grant(house, member.id, OPERATOR)
        return True


def dismiss_operator(login: str) -> bool:
    """End what made a person an operator, from their next click on; returns whether they were one.

    For whoever works on the machine itself. Raises NoSuchLogin.
    """
    with enter(get_installation_id(), request_id=str(new_uuid7())):
        member = find_member(login)
        if member is None:
            raise NoSuchLogin
        held = _held(member.id)
        end_trees(ActorRef(get_installation_id(), None, Credential.SYSTEM), [grant.id for grant in held])
        return bool(held)


def _held(member_id: UUID) -> list[Grant]:
    grants = Grant.objects.filter(member_id=member_id, role=OPERATOR, object_id=None)
    return [grant for grant in grants if is_current(grant)]
