"""Keeping the catalogue of reasons: adding, changing, confirming and merging its entries."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from bailiwick.apps.predictions.actions.catalogue import lock_catalogue
from bailiwick.apps.predictions.errors import ReasonConfirmed, ReasonMerged
from bailiwick.apps.predictions.manifest import MANAGE
from bailiwick.apps.predictions.models import Reason
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.audit.actions import record
from bailiwick.kernel.base.errors import InvalidInput, NotFound


def add_reason(*, actor: Actor, code: int, title: str, policy: str = "") -> Reason:
    """Add a confirmed reason under a number of its own; raises InvalidInput when number or title is taken."""
    actor.require(MANAGE)
    with transaction.atomic(savepoint=False):
        lock_catalogue()
        if Reason.objects.filter(code=code).exists():
            raise InvalidInput({"code": [_("The number {code} is taken.").format(code=code)]})
        _check_title(title)
        reason = Reason.objects.create(code=code, title=title, policy=policy, is_confirmed=True)
        record(actor.ref, "predictions.reason.added", reason, {"code": code, "title": title})
        return reason


def change_reason(*, actor: Actor, reason_id: UUID, title: str, policy: str) -> Reason:
    """Give a reason another title and policy text; its number stays. Raises NotFound, ReasonMerged or InvalidInput."""
    actor.require(MANAGE)
    with transaction.atomic(savepoint=False):
        lock_catalogue()
        reason = _lock_unmerged(reason_id)
        _check_title(title, except_for=reason_id)
        reason.title, reason.policy = title, policy
        reason.save(update_fields=["title", "policy"])
        record(actor.ref, "predictions.reason.changed", reason, {"title": title})
        return reason


def confirm_reason(*, actor: Actor, reason_id: UUID) -> Reason:
    """Take a reason that came with a prediction into the catalogue; raises NotFound, ReasonMerged, ReasonConfirmed."""
    actor.require(MANAGE)
    with transaction.atomic(savepoint=False):
        reason = _lock_unmerged(reason_id)
        if reason.is_confirmed:
            raise ReasonConfirmed
        reason.is_confirmed = True
        reason.save(update_fields=["is_confirmed"])
        record(actor.ref, "predictions.reason.confirmed", reason)
        return reason


def merge_reasons(*, actor: Actor, reason_id: UUID, into_id: UUID) -> Reason:
    """Let another reason stand for this one from now on, and for those that were merged into it before.

    What was said with it stays as it is. Raises NotFound, ReasonMerged, or InvalidInput for an unfit target.
    """
    actor.require(MANAGE)
    with transaction.atomic(savepoint=False):
        lock_catalogue()
        reason = _lock_unmerged(reason_id)
        into = Reason.objects.select_for_update().filter(id=into_id).first()
        if into is None or into.id == reason.id or not into.is_confirmed or into.merged_into_id is not None:
            raise InvalidInput({"into": [_("Choose another reason, one that is confirmed and not merged itself.")]})
        Reason.objects.filter(merged_into=reason).update(merged_into=into)
        reason.merged_into = into
        reason.save(update_fields=["merged_into"])
        record(actor.ref, "predictions.reason.merged", reason, {"into": str(into.id), "code": into.code})
        return reason


def _lock_unmerged(reason_id: UUID) -> Reason:
    reason: Reason | None = Reason.objects.select_for_update().filter(id=reason_id).first()
    if reason is None:
        raise NotFound
    if reason.merged_into_id is not None:
        raise ReasonMerged
    return reason


def _check_title(title: str, except_for: UUID | None = None) -> None:
    others = Reason.objects.filter(title__iexact=title, merged_into=None).exclude(id=except_for)
    if (other := others.first()) is not None:
        raise InvalidInput({"title": [_("Number {code} is called that already.").format(code=other.code)]})
