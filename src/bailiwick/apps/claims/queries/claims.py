"""Reading claims, narrowed to what the actor may see."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.timezone import now

from bailiwick.apps.claims.choices import RequestState, Stage, Status
from bailiwick.apps.claims.manifest import BE_PATIENT, PROCESS, PROVIDE, SEE_ALL, SEE_MONEY
from bailiwick.apps.claims.models import Claim, ClaimLine, InformationRequest, StatusChange
from bailiwick.apps.claims.queries.reading import fetch
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.access.queries import visible_to
from bailiwick.kernel.base.errors import NotFound
from bailiwick.kernel.base.lookups import among

OWN = (PROCESS, PROVIDE, BE_PATIENT)
"""By these one sees what is assigned to one, or one's own."""
# Asked before every list of theirs.
OWN_PROVIDERS = """
SELECT id FROM claims_provider WHERE organization_id = %(organization)s AND member_id = %(member)s ORDER BY id LIMIT 100
"""
OWN_PATIENTS = """
SELECT id FROM claims_patient WHERE organization_id = %(organization)s AND member_id = %(member)s ORDER BY id LIMIT 100
"""


def list_claims(actor: Actor) -> QuerySet[Claim]:
    """Every live claim that the actor may see, newest first.

    All for who sees all or their amounts; for processors what is assigned to them, for providers and patients their
    own; for who holds the right over single ones, these.
    """
    return _seen_by(actor, Claim.objects.filter(is_live=True)).order_by("-id")


def list_versions(actor: Actor) -> QuerySet[Claim]:
    """As `list_claims`, with versions that a later one replaced; what was withdrawn is not there, nor drafts."""
    rows = Claim.objects.filter(withdrawn_at=None).exclude(stage=Stage.DRAFT)
    return _seen_by(actor, rows).order_by("-id")


def _seen_by(actor: Actor, rows: QuerySet[Claim]) -> QuerySet[Claim]:
    return rows if actor.may((SEE_ALL, SEE_MONEY)) else _with_health(actor, rows)


def _with_health(actor: Actor, rows: QuerySet[Claim]) -> QuerySet[Claim]:
    """Of some claims those of which the actor may see what was diagnosed and done."""
    if actor.may(SEE_ALL):
        return rows
    seen = Q(pk__in=[])
    if actor.may(PROCESS):
        seen |= Q(assigned_processor_id=actor.member_id)
    if actor.may(PROVIDE):
        seen |= _one_of("provider_id", list_own_providers(actor))
    if actor.may(BE_PATIENT):
        seen |= _one_of("patient_id", list_own_patients(actor))
    if actor.may_over_some(SEE_ALL):
        seen |= Q(id__in=visible_to(actor, SEE_ALL, rows).order_by().values("id"))
    return rows.filter(seen)


def _one_of(column: str, keys: list[UUID]) -> Q:
    """One key is compared for itself, so that an index on the column gives the order as well."""
    return Q(**{column: keys[0]}) if len(keys) == 1 else Q(**{f"{column}__in": keys})


def list_own_providers(actor: Actor) -> list[UUID]:
    """Keys of the providers for whom the actor's account stands."""
    return [key for (key,) in fetch(OWN_PROVIDERS, {"member": actor.member_id})]


def list_own_patients(actor: Actor) -> list[UUID]:
    """Keys of the patients to whom the actor's account is linked: themselves, and those they answer for."""
    return [key for (key,) in fetch(OWN_PATIENTS, {"member": actor.member_id})]


def get_claim(actor: Actor, claim_id: UUID) -> Claim:
    """One live claim that the actor may see; raises NotFound."""
    return _found(list_claims(actor), claim_id)


def get_version(actor: Actor, claim_id: UUID) -> Claim:
    """One claim or earlier version that the actor may see; raises NotFound."""
    return _found(list_versions(actor), claim_id)


def _found(rows: QuerySet[Claim], claim_id: UUID) -> Claim:
    found = rows.select_related("patient", "provider", "assigned_processor").filter(id=claim_id).first()
    if found is None:
        raise NotFound
    return found


def lock_claim(actor: Actor, claim_id: UUID) -> Claim:
    """One live claim that the actor may see, locked; raises NotFound."""
    for claim in lock_claims(actor, [claim_id]):
        return claim
    raise NotFound


def lock_claims(actor: Actor, claim_ids: Sequence[UUID]) -> list[Claim]:
    """Of some live claims those that the actor may see, locked in the order of their keys."""
    return list(list_claims(actor).filter(among("id", claim_ids)).order_by("id").select_for_update(of=("self",)))


def lock_for_moves(actor: Actor, claim_ids: Sequence[UUID]) -> list[Claim]:
    """As `lock_claims`, with what a move asks of a claim and no more: for many at a time."""
    rows = list_claims(actor).filter(among("id", claim_ids)).order_by("id").select_for_update(of=("self",))
    return list(rows.only("stage", "pend", "use", "version", "revision", "assigned_processor_id"))


def list_drafts(actor: Actor) -> QuerySet[Claim]:
    """The actor's own drafts, newest first."""
    rows = Claim.objects.filter(submitted_by_id=actor.member_id, stage=Stage.DRAFT, withdrawn_at=None)
    return rows.order_by("-id")


def get_draft(actor: Actor, draft_id: UUID) -> Claim:
    """Raises NotFound."""
    return _found(list_drafts(actor), draft_id)


def lock_draft(actor: Actor, draft_id: UUID) -> Claim:
    """Raises NotFound."""
    for claim in list_drafts(actor).filter(id=draft_id).select_for_update(of=("self",)):
        return claim
    raise NotFound


def is_numbered(actor: Actor, external_id: str, *, besides: UUID | None = None) -> bool:
    """Whether another claim of the actor's has come under a sender's number."""
    rows = Claim.objects.filter(submitted_by_id=actor.member_id, external_id=external_id)
    return bool(external_id) and rows.exclude(id=besides).exists()


def list_unmasked(actor: Actor, claim_ids: Sequence[UUID]) -> set[UUID]:
    """Of claims that the actor sees those with what was diagnosed and done; of the others only amounts are shown."""
    if actor.may(SEE_ALL) or not actor.may(SEE_MONEY):
        return set(claim_ids)
    if not (actor.may(OWN) or actor.may_over_some(SEE_ALL)):
        return set()
    return set(_with_health(actor, Claim.objects.filter(among("id", claim_ids))).values_list("id", flat=True))


def find_known_by(text: str) -> Claim | None:
    """The organisation's live claim of a key, a number or a sender's number, the newest, whoever sees it."""
    rows = Claim.objects.filter(is_live=True).order_by("-id")
    with suppress(ValueError):
        return rows.filter(id=UUID(text)).first()
    if not text or "\x00" in text:
        return None
    return rows.filter(number=text).first() or rows.filter(external_id=text).first()


def list_lines(claim: Claim) -> list[ClaimLine]:
    """The lines of a claim's present revision, in order."""
    return list(ClaimLine.objects.filter(claim=claim, revision=claim.revision).order_by("sequence"))


def list_changes(claim: Claim) -> list[StatusChange]:
    """Every move of a claim, oldest first."""
    rows = StatusChange.objects.filter(claim=claim).select_related("member", "event").order_by("id")
    return list(rows[:200])


def lock_unmoved(*, before: datetime, limit: int) -> list[Claim]:
    """Open claims that nothing has moved since, locked; those that somebody works on right now come another time.

    What is asked about and not due yet is waited for; a correction never expires, because of what was paid before it.
    """
    awaited = InformationRequest.objects.filter(claim_id=OuterRef("id"), state=RequestState.OPEN, due_at__gt=now())
    rows = Claim.objects.filter(
        ~Exists(awaited),
        is_live=True,
        version=1,
        status__in=[Status.SUBMITTED, Status.UNDER_REVIEW],
        moved_at__lt=before,
    ).order_by("moved_at", "id")
    return list(rows.select_for_update(skip_locked=True, of=("self",))[:limit])
