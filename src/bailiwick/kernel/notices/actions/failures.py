"""Failed sign-ins, for those whose people were meant."""

from dataclasses import replace

from bailiwick.kernel.audit.actions import record
from bailiwick.kernel.audit.models import Event
from bailiwick.kernel.base.actors import ActorRef
from bailiwick.kernel.identity.choices import Credential
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.identity.queries import list_memberships
from bailiwick.kernel.tenancy.scope import assume, enter


def pass_failure_on(event: Event) -> None:
    """From the installation's scope: write a failed sign-in down in each organisation of which the person is a member.

    Each learns the way and the address of an attempt upon its own member: nothing of other organisations, and not why
    it failed, which another's rules may have been.
    """
    for membership in list_memberships(event.subject_id):
        if membership.organization_id == event.organization_id:
            continue
        about = {"method": event.data["method"]} if "method" in event.data else {}
        house = ActorRef(membership.organization_id, None, Credential.SYSTEM)
        with (
            enter(membership.organization_id, request_id=event.request_id) as scope,
            assume(replace(scope, address=event.address)),
        ):
            record(house, event.verb, Member(id=membership.member_id), about)
