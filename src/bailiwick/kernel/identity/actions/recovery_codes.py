"""Codes on paper."""

from django.db import transaction
from django.db.models.functions import Now

from bailiwick.kernel.audit.actions import record
from bailiwick.kernel.base.actors import Authority
from bailiwick.kernel.base.errors import NotFound
from bailiwick.kernel.identity.actions.sessions import require_fresh
from bailiwick.kernel.identity.actions.totp import require_own
from bailiwick.kernel.identity.actions.ways import lock_person
from bailiwick.kernel.identity.models import RecoveryCode
from bailiwick.kernel.identity.queries import has_codes
from bailiwick.kernel.identity.rules.recovery_codes import digest_of, new_codes


def make_recovery_codes(*, actor: Authority) -> list[str]:
    """Ten codes, returned here and nowhere else; those from before end. They stand in for an application.

    Raises StepUpNeeded, and NotFound where there is no application.
    """
    user_id = require_own(actor)
    require_fresh(actor)
    with transaction.atomic(savepoint=False):
        user = lock_person(user_id)
        if not has_codes(user_id):
            raise NotFound
        RecoveryCode.objects.filter(user_id=user_id, used_at=None, ended_at=None).update(ended_at=Now())
        codes = new_codes()
        RecoveryCode.objects.bulk_create(RecoveryCode(user_id=user_id, digest=digest_of(code)) for code in codes)
        record(actor.ref, "identity.recovery_codes.made", user, {"count": len(codes)})
        return codes
