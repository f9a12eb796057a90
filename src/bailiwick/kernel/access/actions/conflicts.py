"""Rights that nobody may hold together (segregation of duties)."""

from collections.abc import Collection
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from bailiwick.kernel.access.actions.turns import lock_roles
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.access.errors import RightsInConflict
from bailiwick.kernel.access.models import ConflictingPair, Grant
from bailiwick.kernel.access.queries import require_manager
from bailiwick.kernel.access.queries.conflicts import HolderOfBoth, Pair, active_pairs, find_holders_of_both
from bailiwick.kernel.access.rules import in_order
from bailiwick.kernel.audit.actions import record
from bailiwick.kernel.base.errors import InvalidInput, NotFound
from bailiwick.kernel.base.manifest import registry


def add_conflict(*, actor: Actor, first: str, second: str, reason: str) -> ConflictingPair:
    """Keep two rights apart from now on; needs `access.manage`.

    Whoever holds both keeps them: `list_holders_of_both` names them. Raises HeldAsDeputy, InvalidInput.
    """
    with transaction.atomic(savepoint=False):
        require_manager(actor)
        lock_roles()  # one at a time, so that no pair comes twice
        reason = " ".join(reason.split())
        _check(first, second, reason)
        first, second = in_order(first, second)
        pair = ConflictingPair.objects.create(first=first, second=second, reason=reason, added_by_id=actor.member_id)
        pair.refresh_from_db()
        record(actor.ref, "access.conflict.added", pair, {"first": first, "second": second, "reason": reason})
        return pair


def _check(first: str, second: str, reason: str) -> None:
    faults = {}
    for field, code in (("first", first), ("second", second)):
        if code not in registry().rights:
            faults[field] = [_("There is no right “{right}”.").format(right=code)]
    if first == second:
        faults["second"] = [_("Choose two different rights.")]
    elif any((pair.first, pair.second) == in_order(first, second) for pair in active_pairs()):
        faults["second"] = [_("These two are kept apart already.")]
    if not reason or len(reason) > 500:
        faults["reason"] = [_("Say why, in at most 500 characters.")]
    if faults:
        raise InvalidInput(faults)


def end_conflict(*, actor: Actor, pair_id: UUID) -> ConflictingPair:
    """Keep two rights apart no longer; needs `access.manage`, and ending twice changes nothing.

    What a manifest declares is no row and stays. Raises HeldAsDeputy, NotFound.
    """
    with transaction.atomic(savepoint=False):
        require_manager(actor)
        pair = ConflictingPair.objects.select_for_update().filter(id=pair_id).first()
        if pair is None:
            raise NotFound
        if pair.ended_at is None:
            ConflictingPair.objects.filter(id=pair_id).update(ended_at=Now())
            record(actor.ref, "access.conflict.ended", pair, {"first": pair.first, "second": pair.second})
            pair.refresh_from_db()
        return pair


def require_apart(grants: Collection[Grant]) -> None:
    """Grants of one member, just written, give nobody two rights that are kept apart; raises RightsInConflict."""
    if pairs := active_pairs():
        members = {grant.member_id for grant in grants}
        _refuse(find_holders_of_both(pairs, members=members, grants=[grant.id for grant in grants], most=1))


def require_role_apart(role: str, rights: Collection[str], added: Collection[str]) -> None:
    """A role, just edited, does not contain two rights kept apart, nor give any holder the second of two.

    Only what the edit brings about is refused, by the rights that it added. Raises RightsInConflict.
    """
    touched = [pair for pair in active_pairs() if pair.first in added or pair.second in added]
    for pair in touched:
        if pair.first in rights and pair.second in rights:
            raise RightsInConflict(**_told(pair))
    _refuse(find_holders_of_both(touched, role=role, rights=added, most=1))


def _refuse(holders: Collection[HolderOfBoth]) -> None:
    for each in holders:
        raise RightsInConflict(**_told(each.pair), member=str(each.member.id), name=each.member.name)


def _told(pair: Pair) -> dict[str, str]:
    return {"first": pair.first, "second": pair.second, "reason": str(pair.reason)}
