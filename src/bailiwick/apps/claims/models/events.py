"""What happened to patients, as it was reported."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from bailiwick.apps.claims.choices import EventState, EventType
from bailiwick.apps.claims.models.parties import Patient
from bailiwick.kernel.audit.constraints import RowChanges
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.jobs.choices import JobState
from bailiwick.kernel.jobs.models import Job
from bailiwick.kernel.tenancy.fields import TenantForeignKey
from bailiwick.kernel.tenancy.models import OrganizationModel, organization_key

PROGRESS_COLUMNS = ("state", "applied_at", "moved", "outcome")
"""Where its job stands with it: what it did to claims is told by their moves."""


class PatientEvent(OrganizationModel):
    """An admission, a treatment, a discharge, or what takes one back. It touches claims that were there when it came.

    It is known by `source` and `source_id`: what comes again is the same event, with the same `digest`. Without a known
    patient it is parked under what the source calls them, until there is one. `subject` is the event that a
    cancellation takes back; one that comes before it knows it by `subject_reference`, its number at the same source.
    """

    organization = organization_key(is_checked=False)
    source = models.CharField(_("source"), max_length=100)
    source_id = models.CharField(_("source's number"), max_length=200)
    patient = TenantForeignKey(Patient, null=True)
    patient_reference = models.CharField(_("patient's number there"), max_length=100, blank=True)
    status_type = models.CharField(_("event"), max_length=25, choices=EventType)
    subject = TenantForeignKey("self", null=True)
    subject_reference = models.CharField(max_length=200, blank=True, db_default="")
    merged_patient = TenantForeignKey(Patient, null=True)
    facility_name = models.CharField(_("facility"), max_length=255, blank=True)
    details = models.JSONField(_("details"), default=dict)
    occurred_at = models.DateTimeField(_("occurred"))
    received_at = models.DateTimeField(_("received"), db_default=Now(), editable=False)
    state = models.CharField(_("state"), max_length=10, choices=EventState, default=EventState.PENDING)
    applied_at = models.DateTimeField(_("applied"), null=True)
    moved = models.PositiveIntegerField(_("claims moved"), default=0)
    outcome = models.CharField(_("outcome"), max_length=200, blank=True)
    member = TenantForeignKey(Member, null=True)
    job = TenantForeignKey(Job, null=True)
    digest = models.BinaryField(null=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "source", "source_id"], name="claims_event_source"),
            RowChanges(
                name="claims_patientevent_changes",
                masked=("details", "patient_reference", "facility_name"),
                skipped=PROGRESS_COLUMNS,
                inserts=False,
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "patient", "occurred_at", "id"], name="claims_event_patient"),
            models.Index(
                fields=["organization", "state", "id"],
                condition=Q(state__in=[EventState.PENDING, EventState.PARKED, EventState.DEAD]),
                name="claims_event_open",
            ),
            models.Index(
                fields=["organization", "patient_reference"],
                condition=Q(state=EventState.PARKED),
                name="claims_event_parked",
            ),
            models.Index(
                fields=["organization", "subject"], condition=Q(subject__isnull=False), name="claims_event_subject"
            ),
            models.Index(
                fields=["organization", "source", "subject_reference"],
                condition=~Q(subject_reference=""),
                name="claims_event_reference",
            ),
        ]

    def __str__(self) -> str:
        return str(EventType(self.status_type).label)

    @staticmethod
    def standing_of(state: str, job_state: str | None) -> EventState:
        """Where an event stands: one whose job has ended without giving it its effect has failed."""
        is_stuck = state == EventState.PENDING and job_state in (JobState.DEAD, JobState.CANCELLED)
        return EventState.DEAD if is_stuck else EventState(state)

    @property
    def standing(self) -> EventState:
        return self.standing_of(self.state, self.job.state if self.job else None)
