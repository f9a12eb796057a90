"""Letting claims expire that nothing has moved for long."""

from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction
from django.utils.timezone import now
from django.utils.translation import gettext as _

from bailiwick.apps.claims.actions.moving import move_claims
from bailiwick.apps.claims.choices import Mover, Stage
from bailiwick.apps.claims.models import Claim
from bailiwick.apps.claims.queries.claims import lock_unmoved
from bailiwick.kernel.audit.actions import record
from bailiwick.kernel.base.actors import ActorRef
from bailiwick.kernel.identity.choices import Credential
from bailiwick.kernel.jobs.running import Run
from bailiwick.kernel.tenancy.scope import require_scope

AFTER = timedelta(days=30)
CHUNK = 500


def expire_claims(run: Run) -> None:
    """The daily job: chunk by chunk, until no open claim has stood still for 30 days."""
    run.done, found = 0, CHUNK
    while found == CHUNK:
        with run.step():
            found = len(expire_chunk())
            run.done += found


def expire_chunk() -> Sequence[Claim]:
    """Expire up to CHUNK claims of the organisation in scope, those first that have waited longest."""
    with transaction.atomic(savepoint=False):
        claims = lock_unmoved(before=now() - AFTER, limit=CHUNK)
        if claims:
            reason = _("Nothing has moved for %(days)d days.") % {"days": AFTER.days}
            move_claims(claims, Stage.EXPIRED, mover=Mover.SCHEDULE, reason=reason)
            organization_id = require_scope().organization_id
            assert organization_id
            house = ActorRef(organization_id, None, Credential.SYSTEM)
            record(house, "claims.claims.expired", claims[0], {"count": len(claims)})
        return claims
