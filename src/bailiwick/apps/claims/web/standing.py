"""Where a claim stands, as its page tells it: the few stages of its life, and who may do what now."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from bailiwick.apps.claims.choices import LOOKS, Pend, Stage
from bailiwick.apps.claims.manifest import MANAGE, PAY, PROCESS, SUBMIT
from bailiwick.apps.claims.models import Claim, StatusChange
from bailiwick.apps.claims.rules.reviews import queue_of
from bailiwick.apps.claims.rules.transitions import CORRECTIONS, FINAL, GRANTED, OPEN, REFUSED
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.base.manifest import Text
from bailiwick.kernel.web.templatetags.bailiwick import money

DONE, NOW, TO_COME = "done", "now", ""


@dataclass(frozen=True, slots=True)
class Moment:
    """One of the few stages of a claim's life; without `at`, `said` tells what is known."""

    title: Text
    when: str
    glyph: str
    at: datetime | None = None
    said: Text = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """Something that the reader may do with a claim now."""

    code: str
    title: str
    icon: str
    address: str
    key: str = ""


BY_QUEUE = (Pend.MEDICAL, Pend.DUPLICATE, Pend.AMOUNT, Pend.DENIAL)
"""Reasons of the rules to have a person look: they are settled where the work is taken, and signed there."""


def life_of(claim: Claim, changes: Sequence[StatusChange]) -> list[Moment]:
    """What a claim has been through, where it is, and what is to come."""
    return list(_moments(claim, Stage(claim.stage), changes))


def _moments(claim: Claim, stage: Stage, changes: Sequence[StatusChange]) -> Iterator[Moment]:
    look = LOOKS[stage]
    yield Moment(_("Submitted"), DONE, "good", claim.submitted_at)
    if stage in (Stage.RETURNED, Stage.EXPIRED):
        yield Moment(stage.label, NOW, look, claim.moved_at)
        return
    reviewed = next((each for each in reversed(changes) if each.to_stage == Stage.UNDER_REVIEW), None)
    if stage == Stage.ACCEPTED:
        yield Moment(_("Accepted"), NOW, "run", claim.moved_at)
    elif stage == Stage.UNDER_REVIEW:
        yield Moment(stage.label, NOW, "run", claim.moved_at)
    elif reviewed:
        yield Moment(_("Under review"), DONE, "good", reviewed.at)
    if stage in OPEN:
        yield Moment(_("Decided"), TO_COME, "open", said=_("to come"))
        yield Moment(_("Paid"), TO_COME, "open", said=_("to come"))
    elif stage in (Stage.DENIED, Stage.APPEALED):
        yield Moment(_("Denied"), NOW if stage == Stage.DENIED else DONE, "bad", claim.decided_at)
        if stage == Stage.APPEALED:
            yield Moment(_("Appealed"), NOW, "differ", claim.moved_at)
    else:
        yield from _granted(claim, stage)


def _granted(claim: Claim, stage: Stage) -> Iterator[Moment]:
    decided = stage.label if stage in GRANTED else _("Decided")
    yield Moment(decided, NOW if stage in GRANTED else DONE, "good", claim.decided_at)
    if stage in CORRECTIONS:
        if claim.paid_at:
            yield Moment(_("Paid"), DONE, "good", claim.paid_at)
        yield Moment(stage.label, NOW, "end", claim.moved_at)
    elif stage == Stage.PAID:
        yield Moment(_("Paid"), NOW, "good", claim.paid_at)
    else:
        said = _("scheduled") if stage == Stage.PAYMENT_SCHEDULED else _("to come")
        yield Moment(_("Paid"), TO_COME, "open", said=said)


def is_worked_by(actor: Actor, claim: Claim) -> bool:
    """Whether the actor may decide this claim: who manages claims, and its assigned processor."""
    return actor.may(MANAGE) or (actor.may(PROCESS) and claim.assigned_processor_id == actor.member_id)


def primary_of(actor: Actor, claim: Claim) -> Offer | None:
    """The one thing that is next for the reader."""
    if not claim.is_live:
        return None
    if claim.pend in BY_QUEUE and is_worked_by(actor, claim) and actor.may(queue_of(claim.pend).right):
        queue = queue_of(claim.pend)
        return Offer("work", str(queue.title), icon="checks", address=reverse(queue.url_name), key="a")
    if claim.stage in OPEN and is_worked_by(actor, claim):
        amount = money(claim.amount if claim.paid is None else claim.paid, claim.currency)
        return _offer(claim, "approve", _("Approve %(amount)s") % {"amount": amount}, icon="check", key="a")
    if claim.stage in (*GRANTED, Stage.PAYMENT_SCHEDULED) and actor.may(PAY):
        return _offer(claim, "pay", pay_title(claim), icon="cash", key="p")
    if claim.stage == Stage.RETURNED and actor.may(SUBMIT):
        again = f"{reverse('claims:new')}?like={claim.id}"
        return Offer("again", _("Correct and send again"), icon="pencil", address=again, key="e")
    if claim.stage in REFUSED and actor.may(MANAGE):
        return _offer(claim, "reopen", _("Reopen"), icon="arrow-back-up", key="o")
    return None


def pay_title(claim: Claim) -> str:
    """What paying an approved claim is called; where the patient owes all of it, it is only closed."""
    if not claim.paid:
        return _("Close: nothing to pay")
    return _("Pay %(amount)s") % {"amount": money(claim.paid, claim.currency)}


def offers_of(actor: Actor, claim: Claim) -> list[Offer]:
    """What else the reader may do, the destructive last."""
    return list(_offers(actor, claim)) if claim.is_live else []


def _offers(actor: Actor, claim: Claim) -> Iterator[Offer]:
    is_worked = is_worked_by(actor, claim)
    if claim.stage in OPEN and is_worked:
        yield _offer(claim, "ask", _("Ask for information"), icon="message", key="i")
        yield _offer(claim, "change", _("Change"), icon="pencil", key="e")
    if claim.stage == Stage.RETURNED and actor.may(MANAGE):
        yield _offer(claim, "reopen", _("Reopen"), icon="arrow-back-up", key="o")
    if claim.stage in FINAL and actor.may(MANAGE):
        yield _offer(claim, "correct", _("Correct"), icon="edit")
    if claim.stage not in FINAL and actor.may(MANAGE):
        yield _offer(claim, "assign", _("Assign"), icon="user-share")
    if claim.stage == Stage.ACCEPTED and is_worked:
        yield _offer(claim, "review", _("Put under review"), icon="eye")
    if claim.stage in OPEN and is_worked:
        yield _offer(claim, "judge", _("Judge again"), icon="refresh")
        yield _offer(claim, "reject", _("Reject"), icon="x", key="r")
    if claim.stage not in FINAL and is_worked:
        yield _offer(claim, "withdraw", _("Withdraw"), icon="trash")


def _offer(claim: Claim, code: str, title: str, *, icon: str, key: str = "") -> Offer:
    return Offer(code, title, icon, reverse(f"claims:{code}", args=[claim.id]), key)
