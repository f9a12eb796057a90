"""The browsers and programs from which people sign in."""

from datetime import timedelta

from django.db.models.functions import Now
from django.utils.timezone import now

from bailiwick.kernel.audit.actions import record
from bailiwick.kernel.base.actors import ActorRef
from bailiwick.kernel.base.callers import Caller
from bailiwick.kernel.identity.choices import Credential, SessionKind
from bailiwick.kernel.identity.models import Device, Session, User
from bailiwick.kernel.tenancy.scope import enter

FORGOTTEN_AFTER = timedelta(days=400)
"""The cookie of a browser lasts a year."""


def note_device(session: Session, digest: bytes, caller: Caller, request_id: str) -> bool:
    """Remember where a session was begun; True when the person never came from there before, which is an event."""
    place = session.organization_id
    with enter(place, member_id=session.member_id, user_id=session.user_id, request_id=request_id):
        seen = {"agent": caller.agent, "address": caller.address}
        device, is_new = Device.objects.get_or_create(user_id=session.user_id, digest=digest, defaults=seen)
        if is_new:
            credential = Credential.TOKEN if session.kind == SessionKind.TOKEN else Credential.SESSION
            actor = ActorRef(place, session.member_id, credential, session.user_id)
            record(actor, "identity.device.added", User(id=session.user_id), seen)
        else:
            Device.objects.filter(id=device.id).update(last_used_at=Now(), **seen)
        return is_new


def forget_old_devices() -> int:
    """Drop what nobody has come from for long."""
    dropped, _by_model = Device.objects.filter(last_used_at__lt=now() - FORGOTTEN_AFTER).delete()
    return dropped
