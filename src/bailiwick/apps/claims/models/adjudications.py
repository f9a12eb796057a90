"""What adjudication made of claims, line by line, and what was paid for it."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from bailiwick.apps.claims.choices import Outcome
from bailiwick.apps.claims.models.amounts import iso_currency, money
from bailiwick.apps.claims.models.claims import Claim
from bailiwick.apps.claims.models.plans import Coverage, RuleSet
from bailiwick.kernel.audit.constraints import AppendOnly
from bailiwick.kernel.audit.models import SealedModel
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.tenancy.fields import TenantForeignKey

BALANCED = Q(billed=F("paid") + F("adjusted"))
"""Billed is paid and adjustments (X12 835, section 1.10.2.1: balancing)."""


class Adjudication(SealedModel):
    """A judgement of a claim, never changed: a later one has the next `version` and the `difference` in what is paid.

    `adjusted` is the sum of all adjustments, `patient_owes` that of group PR among them. `deductible` and
    `out_of_pocket` are what it takes of the cover's accumulators once it counts (`is_final`).
    """

    claim = TenantForeignKey(Claim, related_name="adjudications")
    version = models.PositiveSmallIntegerField()
    revision = models.PositiveSmallIntegerField()
    rule_set = TenantForeignKey(RuleSet, null=True)
    coverage = TenantForeignKey(Coverage, null=True)
    member = TenantForeignKey(Member, null=True)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome)
    pend = models.CharField(max_length=15, blank=True)
    is_final = models.BooleanField()
    billed = money()
    allowed = money()
    paid = money()
    adjusted = money()
    patient_owes = money()
    deductible = money(default=0)
    out_of_pocket = money(default=0)
    difference = money(default=0)
    currency = iso_currency()
    trace = models.JSONField(default=list)
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "claim", "version"], name="claims_adjudication_version"),
            models.CheckConstraint(condition=BALANCED, name="claims_adjudication_balanced"),
            AppendOnly(name="claims_adjudication_append_only"),
        ]


class AdjudicationLine(SealedModel):
    """One line of a judgement. `trace` says of each step what it did, with reason codes: one document a line."""

    adjudication = TenantForeignKey(Adjudication, related_name="lines")
    sequence = models.PositiveSmallIntegerField()
    billed = money()
    allowed = money()
    paid = money()
    adjusted = money()
    trace = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "adjudication", "sequence"], name="claims_adjudicationline_once"
            ),
            models.CheckConstraint(condition=BALANCED, name="claims_adjudicationline_balanced"),
            AppendOnly(name="claims_adjudicationline_append_only"),
        ]


class PaymentRun(SealedModel):
    """Payments that go out together: the batch, balanced as its claims are."""

    billed = money()
    paid = money()
    adjusted = money()
    interest = money(default=0)
    currency = iso_currency()
    count = models.PositiveIntegerField()
    member = TenantForeignKey(Member, null=True)
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=BALANCED, name="claims_paymentrun_balanced"),
            AppendOnly(name="claims_paymentrun_append_only"),
        ]


class Payment(SealedModel):
    """What is paid for a judgement: the difference to what was paid before; what is owed back is negative."""

    run = TenantForeignKey(PaymentRun, related_name="payments")
    claim = TenantForeignKey(Claim)
    adjudication = TenantForeignKey(Adjudication)
    amount = money()
    interest = money(default=0)
    currency = iso_currency()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "adjudication"], name="claims_payment_once"),
            AppendOnly(name="claims_payment_append_only"),
        ]
        indexes = [models.Index(fields=["organization", "claim", "id"], name="claims_payment_claim")]
