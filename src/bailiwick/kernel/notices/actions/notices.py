"""Reading notices, and removing old ones."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.timezone import now

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.notices.models import Notice, Window
from bailiwick.kernel.notices.queries.notices import get_notice

KEPT_READ, KEPT_UNREAD = timedelta(days=90), timedelta(days=365)


def mark_read(*, actor: Actor, key: UUID, **_nothing: Any) -> Notice:
    """Note that one has read a notice of one's own; reading it twice changes nothing. Raises NotFound."""
    with transaction.atomic(savepoint=False):
        notice = get_notice(actor, key)
        if Notice.objects.filter(id=notice.id, read_at=None).update(read_at=Now()):
            notice.refresh_from_db(fields=["read_at"])
        return notice


def mark_all_read(*, actor: Actor) -> int:
    """Note that one has read all of one's own; says how many were not yet."""
    return Notice.objects.filter(member_id=actor.member_id, read_at=None).update(read_at=Now())


def remove_old_notices() -> int:
    """In the organisation in scope: remove what was read 90 days ago, or never within a year; says how many."""
    moment = now()
    is_old = Q(read_at__lt=moment - KEPT_READ) | Q(at__lt=moment - KEPT_UNREAD)
    return Notice.objects.filter(is_old, at__lt=moment - KEPT_READ).delete()[0]


def forget_windows() -> int:
    """In the organisation in scope: remove counts that say nothing any more; says how many."""
    return Window.objects.filter(ends_at__lt=now()).delete()[0]
