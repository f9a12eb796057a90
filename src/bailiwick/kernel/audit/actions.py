"""Recording what happened."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Model

from bailiwick.kernel.audit.errors import UnknownVerb
from bailiwick.kernel.audit.models import Event
from bailiwick.kernel.base.actors import ActorRef
from bailiwick.kernel.base.manifest import registry
from bailiwick.kernel.tenancy.scope import require_scope


def record(actor: ActorRef, verb: str, subject: Model, data: Mapping[str, Any] | None = None) -> None:
    """Write the event of the present action, in its transaction; raises UnknownVerb for an undeclared verb."""
    if verb not in registry().verbs:
        raise UnknownVerb(verb)
    Event.objects.create(
        verb=verb,
        subject_type=subject._meta.label_lower,
        subject_id=subject.pk,
        member_id=actor.member_id,
        credential=actor.credential,
        request_id=require_scope().request_id,
        data=dict(data or {}),
    )
