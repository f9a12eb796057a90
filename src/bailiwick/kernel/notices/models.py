"""Alerts, what they count, what they raised, and who was told."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from bailiwick.kernel.audit.constraints import RowChanges
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.notices.choices import AlertKind, Per
from bailiwick.kernel.notices.values import LONGEST_WINDOW, MOST_EVENTS
from bailiwick.kernel.tenancy.fields import TenantForeignKey
from bailiwick.kernel.tenancy.models import OrganizationModel, organization_key


class Alert(OrganizationModel):
    """A rule over events, and whom it tells: whoever holds one of `roles` over the organisation, and some members.

    What it means is said by `values.Rule`. One with `is_default` came with the product; it may be removed as any other.
    """

    kind = models.CharField(max_length=10, choices=AlertKind)
    title = models.CharField(_("title"), max_length=100, blank=True)
    verbs = ArrayField(models.CharField(max_length=100), default=list)
    condition = models.JSONField(default=dict)
    count = models.PositiveSmallIntegerField(default=1)
    window = models.PositiveIntegerField(default=0)
    per = models.CharField(max_length=20, choices=Per, default=Per.ORGANIZATION)
    roles = ArrayField(models.CharField(max_length=100), default=list)
    members = ArrayField(models.UUIDField(), default=list)
    is_mailed = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    is_default = models.BooleanField(default=False, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    removed_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "kind"], condition=Q(is_default=True), name="notices_alert_default"
            ),
            models.CheckConstraint(
                condition=Q(count=1) | Q(count__range=(2, MOST_EVENTS), window__gt=0), name="notices_alert_count"
            ),
            models.CheckConstraint(condition=Q(window__lte=LONGEST_WINDOW), name="notices_alert_window"),
            RowChanges(name="notices_alert_changes"),
        ]

    def __str__(self) -> str:
        """What the organisation calls it; else what it is, in the reader's language."""
        return self.title or str(AlertKind(self.kind).label)

    @property
    def minutes(self) -> int:
        return self.window // 60


class Window(OrganizationModel):
    """How far one group of an alert has come, as `rules.Count` has it; after `ends_at` it says nothing any more."""

    audit_exempt = "counts that run down by themselves; what comes of them is an event"

    organization = organization_key(is_checked=False)
    alert = TenantForeignKey(Alert)
    group = models.CharField(max_length=64)
    times = ArrayField(models.DateTimeField(), default=list)
    muted_until = models.DateTimeField(null=True)
    ends_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "alert", "group"], name="notices_window_group")]
        indexes = [models.Index(fields=["organization", "ends_at"], name="notices_window_ends")]


class Incident(OrganizationModel):
    """One time that an alert was raised: by how many events, of which this was the last.

    One of a seal has no event: `since` is when the oldest row was written, and it is open until all is sealed again.
    """

    alert = TenantForeignKey(Alert)
    count = models.PositiveSmallIntegerField(default=0)
    event_id = models.UUIDField(null=True)
    verb = models.CharField(max_length=100, blank=True)
    member_id = models.UUIDField(null=True)
    subject_type = models.CharField(max_length=100, blank=True)
    subject_id = models.UUIDField(null=True)
    since = models.DateTimeField(null=True)
    at = models.DateTimeField(db_default=Now(), editable=False)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "alert"],
                condition=Q(event_id=None, ended_at=None),
                name="notices_incident_open",
            ),
            RowChanges(name="notices_incident_changes", inserts=False),
        ]
        indexes = [models.Index(fields=["organization", "alert", "-id"], name="notices_incident_alert")]


class Notice(OrganizationModel):
    """That a member is told of an incident, or with `is_end` that it is over; unread until `read_at`."""

    audit_exempt = "what somebody was told, gone some time after they read it; the incident is an event"

    organization = organization_key(is_checked=False)
    member = TenantForeignKey(Member)
    incident = TenantForeignKey(Incident)
    is_end = models.BooleanField(default=False)
    at = models.DateTimeField(db_default=Now(), editable=False)
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "incident", "member", "is_end"], name="notices_notice_once")
        ]
        indexes = [
            models.Index(fields=["organization", "member", "-id"], name="notices_notice_member"),
            models.Index(fields=["organization", "member"], condition=Q(read_at=None), name="notices_notice_unread"),
            models.Index(fields=["organization", "at"], name="notices_notice_at"),
        ]
