"""What is asked about claims, and what was handed in."""

from uuid import UUID

from django.db.models import QuerySet

from bailiwick.apps.claims.choices import RequestState
from bailiwick.apps.claims.manifest import MANAGE, PROCESS, SETTLE_APPEALS
from bailiwick.apps.claims.models import Appeal, Attachment, Claim, InformationRequest
from bailiwick.apps.claims.queries.claims import list_claims, list_unmasked, list_versions, lock_claim
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.base.errors import NotFound


def list_asked(actor: Actor) -> QuerySet[InformationRequest]:
    """What is asked about the claims that the actor may see, the newest first; the texts are health data."""
    rows = InformationRequest.objects.filter(claim__in=list_claims(actor).order_by())
    return rows.select_related("claim", "asked_by", "answered_by").order_by("-id")


def get_request(actor: Actor, claim_id: UUID, request_id: UUID) -> InformationRequest:
    """One request about a claim that the actor sees whole; raises NotFound."""
    found = list_asked(actor).filter(id=request_id, claim_id=claim_id).first()
    if found is None or claim_id not in list_unmasked(actor, [claim_id]):
        raise NotFound
    return found


def lock_request(actor: Actor, request_id: UUID) -> tuple[Claim, InformationRequest]:
    """A request and its claim, both locked, the claim first; raises NotFound."""
    found = InformationRequest.objects.filter(id=request_id).values_list("claim_id", flat=True).first()
    if found is None:
        raise NotFound
    claim = lock_claim(actor, found)
    return claim, InformationRequest.objects.select_for_update().get(id=request_id)


def has_open_request(claim: Claim) -> bool:
    return InformationRequest.objects.filter(claim=claim, state=RequestState.OPEN).exists()


def is_party(actor: Actor, claim: Claim) -> bool:
    """Whether the claim is the actor's own: as the patient, or as the provider."""
    return actor.member_id in (claim.patient.member_id, claim.provider.member_id)


def is_worker(actor: Actor, claim: Claim) -> bool:
    """Whether the actor works on the claim: manages claims, processes this one, or decides its open appeal."""
    is_own = actor.may(PROCESS) and claim.assigned_processor_id == actor.member_id
    if is_own or actor.may(MANAGE):
        return True
    return actor.may(SETTLE_APPEALS) and Appeal.objects.filter(claim=claim, decided_at=None).exists()


def list_attachments(actor: Actor, claim_id: UUID) -> QuerySet[Attachment]:
    """The documents of a claim of which the actor sees what was diagnosed and done, the newest first."""
    claim = list_versions(actor).filter(id=claim_id).values_list("id", flat=True).first()
    if claim is None or claim not in list_unmasked(actor, [claim]):
        raise NotFound
    return Attachment.objects.filter(claim_id=claim).select_related("file", "member", "request").order_by("-id")


def get_attachment(actor: Actor, claim_id: UUID, attachment_id: UUID) -> Attachment:
    """One document of a claim that the actor may open; raises NotFound, also for one whose content is gone."""
    found = list_attachments(actor, claim_id).filter(id=attachment_id, file__removed_at=None).first()
    if found is None:
        raise NotFound
    return found
