"""Keeping seals outside: in a file of the installation, by mail, and under a time stamp of somebody else."""

import socket
from collections.abc import Sequence
from uuid import UUID

import structlog
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.timezone import now
from django.utils.translation import gettext as _

from bailiwick.kernel.audit.actions.recording import record
from bailiwick.kernel.audit.choices import AnchorKind
from bailiwick.kernel.audit.gateways import anchor_file, place_of
from bailiwick.kernel.audit.manifest import ANCHOR
from bailiwick.kernel.audit.models import Anchor, AnchorPolicy
from bailiwick.kernel.audit.queries.anchors import find_last, holds, line_of
from bailiwick.kernel.audit.queries.blocks import get_newest_block
from bailiwick.kernel.audit.values import AnchorLine
from bailiwick.kernel.base.actors import ActorRef, Authority
from bailiwick.kernel.base.errors import InvalidInput
from bailiwick.kernel.base.outbound import AddressRefused, check_url
from bailiwick.kernel.tenancy.scope import enter

MOST_ADDRESSES = 10
OFTEST, RAREST = 3600, 31 * 86_400
"""Seconds between two anchorings."""
LONGEST_PLACE = 500

logger = structlog.get_logger(__name__)


def change_anchor_policy(*, actor: Authority, addresses: Sequence[str], authority_url: str, every: int) -> AnchorPolicy:
    """Say where seals are kept besides the file, and how often (seconds); raises Forbidden, InvalidInput."""
    actor.require(ANCHOR)
    given = list(dict.fromkeys(each.strip().lower() for each in addresses if each.strip()))
    if faults := _faults_of(given, authority_url, every):
        raise InvalidInput(faults)
    with transaction.atomic(savepoint=False):
        policy, _is_new = AnchorPolicy.objects.select_for_update().get_or_create()
        before = len(policy.addresses), bool(policy.authority_url)
        policy.addresses, policy.authority_url, policy.every = given, authority_url, every
        policy.save(update_fields=["addresses", "authority_url", "every"])
        told = {"addresses": [before[0], len(given)], "has_authority": [before[1], bool(authority_url)]}
        record(actor.ref, "audit.anchor_policy.changed", policy, told)
        return policy


def keep_in_file(organization_id: UUID) -> Anchor | None:
    """Add the newest seal to the organisation's file on this machine, where it is not in one yet.

    It is called when the seal is committed, and leaves no event: that would want a seal, and so on without end. A file
    that cannot be written, or that holds other seals than the chain does, is logged and told by the doctor and the
    page; sealing goes on.
    """
    with enter(organization_id):
        newest, last = get_newest_block(), find_last(AnchorKind.FILE)
        if newest is None or (last and last.number >= newest.number):
            return None
        path = place_of(organization_id)
        try:
            with anchor_file(path) as file:
                if file.last and not holds(file.last):
                    logger.error("anchors_contradict_chain", organization=str(organization_id), number=newest.number)
                    return None
                line = file.last
                if line is None or line.number < newest.number:
                    line = line_of(newest, now())
                    file.append(line)
        except OSError as failure:
            logger.error("anchor_not_kept", organization=str(organization_id), failure=str(failure))
            return None
        return _keep(line, AnchorKind.FILE, f"{socket.gethostname()}:{path}")


def note_anchor(actor: ActorRef, line: AnchorLine, kind: str, place: str, proof: bytes | None = None) -> Anchor:
    """Note that a seal is with somebody outside."""
    with transaction.atomic(savepoint=False):
        anchor = _keep(line, kind, place, proof)
        record(actor, "audit.seal.anchored", anchor, {"number": line.number, "kind": kind})
        return anchor


def _keep(line: AnchorLine, kind: str, place: str, proof: bytes | None = None) -> Anchor:
    place = place[:LONGEST_PLACE]
    return Anchor.objects.create(number=line.number, hash=line.hash, kind=kind, place=place, at=line.at, proof=proof)


def _faults_of(addresses: Sequence[str], authority_url: str, every: int) -> dict[str, list[str]]:
    faults: dict[str, list[str]] = {}
    for address in addresses:
        try:
            validate_email(address)
        except ValidationError:
            faults["addresses"] = [_("%(address)s is not an address.") % {"address": address}]
    if len(addresses) > MOST_ADDRESSES:
        faults["addresses"] = [_("Name at most %(n)d addresses.") % {"n": MOST_ADDRESSES}]
    if authority_url:
        try:
            check_url(authority_url)
        except AddressRefused as refusal:
            faults["authority_url"] = [str(refusal)]
    if not OFTEST <= every <= RAREST:
        faults["every"] = [_("Choose from an hour to a month.")]
    return faults
