"""The organisation in whose name the present code runs, in Python and in PostgreSQL alike."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from uuid import UUID

from django.db import connection, transaction

from bailiwick.kernel.tenancy.errors import NoScope


@dataclass(frozen=True, slots=True)
class Scope:
    """What one transaction acts as; the empty scope sees no rows.

    `address` and `credential_id` (a session's or a key's) are for the trail alone.
    """

    organization_id: UUID | None = None
    member_id: UUID | None = None
    user_id: UUID | None = None
    request_id: str = ""
    address: str | None = None
    credential_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """A right that was asked for, and over what; empty where it was over the organisation."""

    right: str = ""
    over_type: str = ""
    over_id: UUID | None = None


EMPTY = Scope()
_current: ContextVar[Scope] = ContextVar("bailiwick_scope", default=EMPTY)
_asked: ContextVar[tuple[Scope, Asked]] = ContextVar("bailiwick_asked", default=(EMPTY, Asked()))

_APPLY = (
    "SELECT set_config('app.organization', %s, true), set_config('app.member', %s, true),"
    " set_config('app.user', %s, true), set_config('app.request', %s, true)"
)


def current_scope() -> Scope:
    return _current.get()


def require_scope() -> Scope:
    """The present scope; raises NoScope outside one, and outside the transaction that carries it."""
    scope = _current.get()
    if scope.organization_id is None:
        raise NoScope("No organisation is in scope: enter one with tenancy.scope.enter().")
    if not connection.in_atomic_block:
        raise NoScope("The scope lives in a transaction, and none is open: was a lazy queryset used too late?")
    return scope


def note_asked(asked: Asked) -> None:
    """Remember by what right the present scope acts, for the events that it writes."""
    _asked.set((_current.get(), asked))


def last_asked() -> Asked:
    """The right that was asked for last in the present scope; an empty one where none was."""
    scope, asked = _asked.get()
    return asked if scope is _current.get() else Asked()


def apply(scope: Scope) -> None:
    """Set the scope on the present transaction; a policy without one yields no rows."""
    values = (scope.organization_id, scope.member_id, scope.user_id, scope.request_id)
    with connection.cursor() as cursor:
        cursor.execute(_APPLY, [str(value) if value else "" for value in values])


@contextmanager
def assume(scope: Scope) -> Iterator[None]:
    """Mark `scope` as the present one for Python alone; whoever calls sets it in the database."""
    token = _current.set(scope)
    try:
        yield
    finally:
        _current.reset(token)


@contextmanager
def enter(
    organization_id: UUID,
    *,
    member_id: UUID | None = None,
    user_id: UUID | None = None,
    request_id: str = "",
) -> Iterator[Scope]:
    """Run the block in one transaction that sees one organisation only.

    What is not said of the request is that of the scope around it.
    Nested in another scope, the outer one is restored at the end: a setting survives the release of a savepoint.
    """
    outer = _current.get()
    came_from = (request_id or outer.request_id, outer.address, outer.credential_id)
    scope = Scope(organization_id, member_id, user_id, *came_from)
    nested = connection.in_atomic_block
    try:
        with assume(scope), transaction.atomic():
            apply(scope)
            yield scope
    finally:
        if nested and not connection.needs_rollback:
            apply(_current.get())
