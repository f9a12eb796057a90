"""Keys of programs: never wider or longer than whoever issues them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.timezone import now
from django.utils.translation import gettext as _

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.access.queries import own_rights, rights_of_member
from bailiwick.kernel.base.errors import InvalidInput, NotFound
from bailiwick.kernel.base.manifest import registry
from bailiwick.kernel.identity.actions import require_fresh
from bailiwick.kernel.identity.actions.keys import lock_key, write_change, write_key, write_rotation
from bailiwick.kernel.identity.errors import KeyOver, KeyTooWide, ScopeNotHeld
from bailiwick.kernel.identity.manifest import ISSUE_KEYS
from bailiwick.kernel.identity.models import ApiKey, Member
from bailiwick.kernel.identity.queries.keys import find_program, get_key, has_successor
from bailiwick.kernel.identity.rules.networks import lies_within, read_network

MOST_ADDRESSES, MOST_CALLS, LONGEST_OVERLAP = 20, 100_000, timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Bounds:
    """How a key is held short: until when, how many calls a minute, from which networks (none: from anywhere)."""

    expires_at: datetime | None = None
    rate: int | None = None
    addresses: Sequence[str] = ()


def issue_key(
    *, actor: Actor, program_id: UUID, name: str, scopes: Iterable[str], bounds: Bounds = Bounds()
) -> tuple[ApiKey, str]:
    """A key of a program and its row; the key itself is returned here and nowhere else.

    Its scopes are within the rights of the program, and of the actor but for those held as a deputy. Raises
    ScopeNotHeld, KeyTooWide, NotFound, InvalidInput.
    """
    with transaction.atomic(savepoint=False):
        actor.require(ISSUE_KEYS)
        require_fresh(actor)
        program = find_program(program_id)
        if program is None:
            raise NotFound
        wanted = sorted(set(scopes))
        _check_scopes(actor, program, wanted)
        _check_bounds(bounds)
        _require_narrower(actor, bounds)
        return write_key(
            actor.ref,
            member_id=program.id,
            name=name,
            scopes=wanted,
            expires_at=bounds.expires_at,
            rate=bounds.rate,
            addresses=_written(bounds.addresses),
            created_by_id=actor.member_id,
        )


def rotate_key(*, actor: Actor, key_id: UUID, overlap: timedelta) -> tuple[ApiKey, str]:
    """A new key in the place of another, for as long again; the older one goes on for `overlap`, then is over.

    Raises KeyOver for one that is over or has a successor already, KeyTooWide, InvalidInput.
    """
    with transaction.atomic(savepoint=False):
        actor.require(ISSUE_KEYS)
        require_fresh(actor)
        if not timedelta(0) <= overlap <= LONGEST_OVERLAP:
            raise InvalidInput({"overlap": [_("The older key goes on for 0 to 720 hours.")]})
        older = lock_key(key_id)
        if not older.is_live or has_successor(older.id):
            raise KeyOver
        _check_scopes(actor, older.member, older.scopes)
        lasts = older.expires_at and now() + (older.expires_at - older.created_at)
        bounds = _within_own(actor, Bounds(lasts, older.rate, older.addresses))
        _require_narrower(actor, bounds)
        return write_rotation(
            actor.ref, older, until=now() + overlap, expires_at=bounds.expires_at, created_by_id=actor.member_id
        )


def change_key(
    *, actor: Actor, key_id: UUID, name: str, rate: int | None = None, addresses: Sequence[str] = ()
) -> ApiKey:
    """Another name, another pace, other networks; what a key may do stays. Raises KeyOver, KeyTooWide, InvalidInput."""
    with transaction.atomic(savepoint=False):
        actor.require(ISSUE_KEYS)
        require_fresh(actor)
        key = lock_key(key_id)
        if not key.is_live:
            raise KeyOver
        _check_scopes(actor, key.member, key.scopes)
        bounds = Bounds(key.expires_at, rate, addresses)
        _check_bounds(bounds, is_new=False)
        _require_narrower(actor, bounds)
        return write_change(actor.ref, key, name=name, rate=rate, addresses=_written(addresses))


def _check_scopes(actor: Actor, program: Member, scopes: Sequence[str]) -> None:
    if unknown := set(scopes) - set(registry().rights):
        raise ScopeNotHeld(unknown=sorted(unknown))
    if not scopes:
        raise InvalidInput({"scopes": [_("Choose at least one right: a key without any opens nothing.")]})
    if wider := set(scopes) - (own_rights(actor) & rights_of_member(program.id)):
        raise KeyTooWide(scopes=sorted(wider))


def _check_bounds(bounds: Bounds, *, is_new: bool = True) -> None:
    faults = {}
    if is_new and bounds.expires_at is not None and bounds.expires_at <= now():
        faults["expires_at"] = [_("A key ends after it begins.")]
    if bounds.rate is not None and not 1 <= bounds.rate <= MOST_CALLS:
        faults["rate"] = [_("Give a number from 1 to 100,000, or leave it empty.")]
    if wrong := [text for text in bounds.addresses if read_network(text) is None]:
        faults["addresses"] = [_("“%(text)s” is no address and no network such as 192.0.2.0/24.") % {"text": wrong[0]}]
    elif len(bounds.addresses) > MOST_ADDRESSES:
        faults["addresses"] = [_("Give at most 20 networks.")]
    if faults:
        raise InvalidInput(faults)


def _written(addresses: Iterable[str]) -> list[str]:
    return [str(network) for text in addresses if (network := read_network(text))]


def _within_own(actor: Actor, bounds: Bounds) -> Bounds:
    """A key that rotates another, or itself, gives no longer time than it has."""
    own = _own_key(actor)
    if own is None or own.expires_at is None:
        return bounds
    return Bounds(min(bounds.expires_at or own.expires_at, own.expires_at), bounds.rate, bounds.addresses)


def _require_narrower(actor: Actor, bounds: Bounds) -> None:
    """Where a key acts, what it hands on ends with it at the latest, is as slow, and is used from where it may be."""
    own = _own_key(actor)
    if own is None:
        return
    is_longer = own.expires_at is not None and (bounds.expires_at is None or bounds.expires_at > own.expires_at)
    is_quicker = own.rate is not None and (bounds.rate is None or bounds.rate > own.rate)
    if is_longer or is_quicker or not lies_within(bounds.addresses, own.addresses):
        raise KeyTooWide


def _own_key(actor: Actor) -> ApiKey | None:
    return get_key(actor.key_id) if actor.key_id else None
