"""Where somebody is signed in."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from bailiwick.kernel.base.actors import Authority
from bailiwick.kernel.base.errors import NotFound
from bailiwick.kernel.identity.models import Session, Totp

SHOWN_AT_MOST = 100


@dataclass(frozen=True, slots=True)
class Place:
    """Whose session it is, and in which organisation."""

    organization_id: UUID
    member_id: UUID
    user_id: UUID


@dataclass(frozen=True, slots=True)
class SeenSession:
    """A session as its person sees it, whichever organisation it is of."""

    id: UUID
    organization_id: UUID
    slug: str
    organization_name: str
    kind: str
    method: str
    agent: str
    address: str | None
    started_at: datetime
    last_used_at: datetime
    ended_at: datetime | None
    is_live: bool


def find_place(session_id: UUID) -> Place | None:
    """Needs no scope: what it finds is where to go on."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM identity_session(%s)", [session_id])
        row = cursor.fetchone()
        return Place(*row) if row else None


def list_sessions(actor: Authority) -> list[SeenSession]:
    """The person's own sessions, those that live first, then the last used; a confined one sees its organisation's."""
    if actor.user_id is None:
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM identity_sessions(%s, %s)", [actor.user_id, SHOWN_AT_MOST])
        seen = [SeenSession(*row) for row in cursor.fetchall()]
    return [each for each in seen if not actor.is_confined or each.organization_id == actor.organization_id]


def get_session(actor: Authority) -> Session:
    """The session in which somebody acts; raises NotFound for whoever has none."""
    session = Session.objects.filter(id=actor.session_id).first() if actor.session_id else None
    if session is None:
        raise NotFound
    return session


def has_codes(user_id: UUID) -> bool:
    """Whether a password alone does not open this person's sessions: an application shows codes for them."""
    return Totp.objects.filter(user_id=user_id, ended_at=None, confirmed_at__isnull=False).exists()
