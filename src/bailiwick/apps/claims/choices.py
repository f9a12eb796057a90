"""Words of insurance claims, and how their states look."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Status(TextChoices):
    """Where a claim stands, in the words of the published API."""

    SUBMITTED = "submitted", _("Submitted")
    UNDER_REVIEW = "under_review", _("Under review")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")
    PAID = "paid", _("Paid")
    EXPIRED = "expired", _("Expired")


class Stage(TextChoices):
    """Where a claim stands, as those who work on it say."""

    DRAFT = "draft", _("Draft")
    ACCEPTED = "accepted", _("Accepted")
    RETURNED = "returned", _("Rejected at the door")
    UNDER_REVIEW = "under_review", _("Under review")
    APPROVED = "approved", _("Approved")
    PARTIALLY_APPROVED = "partially_approved", _("Partially approved")
    DENIED = "denied", _("Denied")
    PAYMENT_SCHEDULED = "payment_scheduled", _("Payment scheduled")
    PAID = "paid", _("Paid")
    EXPIRED = "expired", _("Expired")
    APPEALED = "appealed", _("Appealed")
    ADJUSTED = "adjusted", _("Adjusted")
    REPLACED = "replaced", _("Replaced")
    VOIDED = "voided", _("Voided")


STATUS_OF = {
    Stage.ACCEPTED: Status.SUBMITTED,
    Stage.RETURNED: Status.REJECTED,
    Stage.UNDER_REVIEW: Status.UNDER_REVIEW,
    Stage.APPROVED: Status.APPROVED,
    Stage.PARTIALLY_APPROVED: Status.APPROVED,
    Stage.DENIED: Status.REJECTED,
    Stage.PAYMENT_SCHEDULED: Status.APPROVED,
    Stage.PAID: Status.PAID,
    Stage.EXPIRED: Status.EXPIRED,
    Stage.APPEALED: Status.REJECTED,
}
"""The published status of a stage. A draft has none; what was adjusted, replaced or voided keeps the one it had."""

LOOKS = {
    Stage.DRAFT: "open",
    Stage.ACCEPTED: "open",
    Stage.RETURNED: "bad",
    Stage.UNDER_REVIEW: "wait",
    Stage.APPROVED: "good",
    Stage.PARTIALLY_APPROVED: "good",
    Stage.DENIED: "bad",
    Stage.PAYMENT_SCHEDULED: "run",
    Stage.PAID: "good",
    Stage.EXPIRED: "end",
    Stage.APPEALED: "differ",
    Stage.ADJUSTED: "end",
    Stage.REPLACED: "end",
    Stage.VOIDED: "end",
}


class ClaimKind(TextChoices):
    """FHIR R4 claim-type."""

    PROFESSIONAL = "professional", _("Professional")
    INSTITUTIONAL = "institutional", _("Institutional")
    ORAL = "oral", _("Dental")
    PHARMACY = "pharmacy", _("Pharmacy")
    VISION = "vision", _("Vision")


class Use(TextChoices):
    """FHIR R4 claim-use."""

    CLAIM = "claim", _("Claim")
    PREAUTHORIZATION = "preauthorization", _("Prior authorisation")
    PREDETERMINATION = "predetermination", _("Predetermination")


class Source(TextChoices):
    """By which door something came in."""

    API = "api", _("API")
    PAGE = "page", _("Page")
    IMPORT = "import", _("Import")


class Gender(TextChoices):
    """FHIR R4 administrative-gender."""

    FEMALE = "female", _("Female")
    MALE = "male", _("Male")
    OTHER = "other", _("Other")
    UNKNOWN = "unknown", _("Unknown")


class LineOfBusiness(TextChoices):
    COMMERCIAL = "commercial", _("Commercial")
    MEDICARE = "medicare", _("Medicare")
    MEDICAID = "medicaid", _("Medicaid")
    SELF_FUNDED = "self_funded", _("Self-funded plan")


class Pend(TextChoices):
    """Why a claim is under review; each is worked in a queue of its own."""

    EVENT = "event", _("Patient event")
    MEDICAL = "medical", _("Medical review")
    DUPLICATE = "duplicate", _("Suspect duplicate")
    AMOUNT = "amount", _("High amount")
    INFORMATION = "information", _("Information is missing")
    DENIAL = "denial", _("To be denied")
    REQUEST = "request", _("Asked for by a person")


class Cause(TextChoices):
    """What moved a claim."""

    MEMBER = "member", _("A person or program")
    EVENT = "event", _("A patient event")
    SCHEDULE = "schedule", _("The schedule")
    ADJUDICATION = "adjudication", _("Adjudication")


class Mover(TextChoices):
    """As what somebody or something moves a claim: what the table of moves asks for."""

    SUBMITTER = "submitter", _("Who submits")
    PROCESSOR = "processor", _("The assigned processor")
    MANAGER = "manager", _("Who manages claims")
    PAYER = "payer", _("Who pays")
    EXAMINER = "examiner", _("Who decides appeals")
    ADMISSION = "admission", _("An admission or treatment")
    DISCHARGE = "discharge", _("A discharge")
    CANCELLATION = "cancellation", _("A cancelled event")
    ADJUDICATION = "adjudication", _("Adjudication")
    SCHEDULE = "schedule", _("The schedule")


CAUSE_OF = {
    Mover.ADMISSION: Cause.EVENT,
    Mover.DISCHARGE: Cause.EVENT,
    Mover.CANCELLATION: Cause.EVENT,
    Mover.ADJUDICATION: Cause.ADJUDICATION,
    Mover.SCHEDULE: Cause.SCHEDULE,
}
"""What is noted as the cause of a move; of all others it is a member."""


class Outcome(TextChoices):
    """What adjudication made of a claim."""

    APPROVED = "approved", _("Approved")
    PARTIAL = "partial", _("Partially approved")
    DENIED = "denied", _("Denied")
    PENDED = "pended", _("Pended")
    REVERSED = "reversed", _("Reversed")


class Verdict(TextChoices):
    """What somebody decides of a claim under review."""

    APPROVE = "approve", _("Approve")
    DENY = "deny", _("Deny")


class AppealVerdict(TextChoices):
    UPHELD = "upheld", _("Upheld")
    OVERTURNED = "overturned", _("Overturned")


class EventType(TextChoices):
    """What happened to a patient; the first three are the published ones. In brackets the trigger of HL7 v2 ADT."""

    ADMISSION = "admission", _("Admission")  # A01
    DISCHARGE = "discharge", _("Discharge")  # A03
    TREATMENT = "treatment_initiated", _("Treatment initiated")
    CANCEL = "cancel", _("Cancellation of an event")  # A11, A13
    MERGE = "merge", _("Merge of patients")  # A40


class EventState(TextChoices):
    PENDING = "pending", _("Waiting")
    PARKED = "parked", _("Patient unknown")
    APPLIED = "applied", _("Applied")
    CANCELLED = "cancelled", _("Cancelled")
    DEAD = "dead", _("Failed")


EVENT_LOOKS = {
    EventState.PENDING: "run",
    EventState.PARKED: "wait",
    EventState.APPLIED: "good",
    EventState.CANCELLED: "end",
    EventState.DEAD: "bad",
}


class CodeSystem(TextChoices):
    ICD10CM = "icd10cm", "ICD-10-CM"
    ICD10PCS = "icd10pcs", "ICD-10-PCS"
    HCPCS = "hcpcs", "HCPCS"
    CPT = "cpt", "CPT"
    CDT = "cdt", "CDT"
    NDC = "ndc", "NDC"
    MODIFIER = "modifier", _("Modifier")
    PLACE = "place", _("Place of service")


class ClockKind(TextChoices):
    PAYMENT = "payment", _("Prompt payment")
    APPEAL_FILING = "appeal_filing", _("Filing of an appeal")
    APPEAL_DECISION = "appeal_decision", _("Decision of an appeal")


class RuleState(TextChoices):
    DRAFT = "draft", _("Draft")
    PROPOSED = "proposed", _("Proposed")
    ACTIVE = "active", _("Active")
    RETIRED = "retired", _("Retired")


RULE_LOOKS = {
    RuleState.DRAFT: "open",
    RuleState.PROPOSED: "wait",
    RuleState.ACTIVE: "good",
    RuleState.RETIRED: "end",
}


class RequestState(TextChoices):
    OPEN = "open", _("Open")
    ANSWERED = "answered", _("Answered")
    WITHDRAWN = "withdrawn", _("Withdrawn")
