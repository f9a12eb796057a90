"""Mail addresses: anybody may write any, and only whoever opens what is sent there confirms it."""

from django.db import transaction
from django.utils.timezone import now

from bailiwick.kernel.audit.actions import record
from bailiwick.kernel.base.actors import ActorRef, Authority
from bailiwick.kernel.identity.actions.passwords import lock_person
from bailiwick.kernel.identity.choices import Credential
from bailiwick.kernel.identity.errors import AddressLinkNotValid, BelongsToPerson
from bailiwick.kernel.identity.links import confirms_address
from bailiwick.kernel.identity.models import User
from bailiwick.kernel.identity.queries.enrolment import is_elsewhere
from bailiwick.kernel.tenancy.queries import get_installation_id


def record_mailed_address_link(user: User) -> None:
    """In the installation's scope: a link that confirms an address has gone out to it."""
    record(ActorRef(get_installation_id(), None, Credential.SYSTEM), "identity.address.asked", user)


def confirm_address(actor: Authority, *, link: str) -> User:
    """Keep that the person's mail address is theirs, by the link that was mailed there, once.

    It takes both: the account and the mailbox. Whoever is mailed a link of somebody else's account, which claims their
    address, cannot confirm it by mistake. Raises AddressLinkNotValid; BelongsToPerson as `change_person`.
    """
    with transaction.atomic(savepoint=False):
        user = lock_person(actor)
        if actor.is_confined and is_elsewhere(user.id, actor.organization_id):
            raise BelongsToPerson
        if not confirms_address(link, user):
            raise AddressLinkNotValid
        user.email_confirmed_at = now()
        user.save(update_fields=["email_confirmed_at"])
        record(actor.ref, "identity.address.confirmed", user)
        return user
