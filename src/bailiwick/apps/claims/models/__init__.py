"""What is claimed, by whom, under which cover, and what became of it."""

from bailiwick.apps.claims.models.adjudications import Adjudication, AdjudicationLine, Payment, PaymentRun
from bailiwick.apps.claims.models.claims import Claim, ClaimLine, StatusChange
from bailiwick.apps.claims.models.codes import Code, CodeSet
from bailiwick.apps.claims.models.events import PatientEvent
from bailiwick.apps.claims.models.imports import ClaimImport, ImportedClaim, RejectedClaim
from bailiwick.apps.claims.models.parties import Patient, Provider
from bailiwick.apps.claims.models.plans import (
    Accumulator,
    Benefit,
    ClockRule,
    Coverage,
    Fee,
    FeeSchedule,
    Plan,
    PriorAuthorization,
    RuleSet,
    Simulation,
)
from bailiwick.apps.claims.models.work import Appeal, Attachment, Clock, InformationRequest

__all__ = [
    "Accumulator",
    "Adjudication",
    "AdjudicationLine",
    "Appeal",
    "Attachment",
    "Benefit",
    "Claim",
    "ClaimImport",
    "ClaimLine",
    "Clock",
    "ClockRule",
    "Code",
    "CodeSet",
    "Coverage",
    "Fee",
    "FeeSchedule",
    "ImportedClaim",
    "InformationRequest",
    "Patient",
    "PatientEvent",
    "Payment",
    "PaymentRun",
    "Plan",
    "PriorAuthorization",
    "Provider",
    "RejectedClaim",
    "RuleSet",
    "Simulation",
    "StatusChange",
]
