"""Programs: members that are no person, and work by keys."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from bailiwick.kernel.access.actions.grants import end_passed_on, give_grant
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.base.errors import InvalidInput, NotFound
from bailiwick.kernel.identity.actions import add_member, require_fresh
from bailiwick.kernel.identity.actions.memberships import end_membership
from bailiwick.kernel.identity.choices import MemberKind
from bailiwick.kernel.identity.manifest import ISSUE_KEYS, REVOKE_KEYS
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.identity.queries.keys import find_program, is_program_name_taken


def add_program(*, actor: Actor, name: str, role: str, department: str = "") -> Member:
    """A program with a role that the actor may give.

    Raises GrantTooWide; InvalidInput for a name that another program has, or an unknown role.
    """
    with transaction.atomic(savepoint=False):
        actor.require(ISSUE_KEYS)
        require_fresh(actor)
        if is_program_name_taken(name):
            raise InvalidInput({"name": [_("Another program has this name. Give it one that tells them apart.")]})
        program = add_member(actor.ref, name=name, kind=MemberKind.PROGRAM, department=department)
        give_grant(actor=actor, member_id=program.id, role=role)
        return program


def end_program(*, actor: Actor, program_id: UUID) -> None:
    """Let a program go: every key of it is revoked, and it gets no other. Raises NotFound, OwnMembership."""
    with transaction.atomic(savepoint=False):
        if find_program(program_id) is None:
            raise NotFound
        actor.require(REVOKE_KEYS)
        require_fresh(actor)
        end_membership(actor.ref, member_id=program_id)
        end_passed_on(actor.ref, member_id=program_id)
