"""What is covered, at which price, under which rules, by which day."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from bailiwick.apps.claims.choices import ClockKind, LineOfBusiness, RuleState
from bailiwick.apps.claims.models.amounts import iso_currency, money, rate
from bailiwick.apps.claims.models.parties import Patient, Provider
from bailiwick.kernel.audit.constraints import RowChanges
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.jobs.models import Job
from bailiwick.kernel.tenancy.fields import TenantForeignKey
from bailiwick.kernel.tenancy.models import OrganizationModel


class Plan(OrganizationModel):
    """What an insurance product promises. `deductible` and `out_of_pocket` are a member's a calendar year."""

    name = models.CharField(_("name"), max_length=200)
    line_of_business = models.CharField(_("line of business"), max_length=15, choices=LineOfBusiness)
    currency = iso_currency()
    deductible = money(default=0)
    out_of_pocket = money(null=True)
    coinsurance = rate(default=0)
    copay = money(default=0)
    filing_days = models.PositiveSmallIntegerField(_("days to file"), default=365)
    waiting_days = models.PositiveSmallIntegerField(_("days of waiting"), default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "name"], name="claims_plan_name"),
            models.CheckConstraint(condition=Q(coinsurance__range=(0, 1)), name="claims_plan_coinsurance"),
            RowChanges(name="claims_plan_changes"),
        ]

    def __str__(self) -> str:
        return self.name


class Benefit(OrganizationModel):
    """What a plan says of services whose code begins with one of `codes`; what it leaves open is the plan's.

    `most_units` and `most_amount` are a member's a calendar year.
    """

    plan = TenantForeignKey(Plan, related_name="benefits")
    title = models.CharField(_("title"), max_length=200)
    codes = ArrayField(models.CharField(max_length=20), default=list)
    is_covered = models.BooleanField(_("covered"), default=True)
    needs_authorization = models.BooleanField(_("needs prior authorisation"), default=False)
    is_deductible_waived = models.BooleanField(_("without deductible"), default=False)
    coinsurance = rate(null=True)
    copay = money(null=True)
    most_units = models.PositiveIntegerField(_("most units a year"), null=True)
    most_amount = money(null=True)
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True)

    class Meta:
        constraints = [RowChanges(name="claims_benefit_changes")]
        indexes = [models.Index(fields=["organization", "plan", "id"], name="claims_benefit_plan")]


class Coverage(OrganizationModel):
    """A patient's cover by a plan, from a day to a day; `order` is its place among several (1 pays first)."""

    patient = TenantForeignKey(Patient, related_name="coverages")
    plan = TenantForeignKey(Plan, null=True)
    payer = models.CharField(_("other payer"), max_length=200, blank=True)
    subscriber_number = models.CharField(_("number of the insured"), max_length=50)
    relationship = models.CharField(_("relationship"), max_length=20, default="self")
    order = models.PositiveSmallIntegerField(_("order"), default=1)
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")), name="claims_coverage_period"
            ),
            RowChanges(name="claims_coverage_changes", masked=("subscriber_number",)),
        ]
        indexes = [models.Index(fields=["organization", "patient", "order", "id"], name="claims_coverage_patient")]


class Accumulator(OrganizationModel):
    """What a cover's member has used up in a calendar year: sums of the adjudications that count, kept under lock."""

    coverage = TenantForeignKey(Coverage)
    year = models.PositiveSmallIntegerField()
    deductible = money(default=0)
    out_of_pocket = money(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "coverage", "year"], name="claims_accumulator_year"),
            RowChanges(name="claims_accumulator_changes", inserts=False),
        ]


class PriorAuthorization(OrganizationModel):
    """A promise, before the service, that services whose code begins with one of `codes` are covered."""

    number = models.CharField(_("number"), max_length=50)
    patient = TenantForeignKey(Patient)
    provider = TenantForeignKey(Provider, null=True)
    codes = ArrayField(models.CharField(max_length=20), default=list)
    units = models.PositiveIntegerField(_("units"), null=True)
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "number"], name="claims_authorization_number"),
            RowChanges(name="claims_authorization_changes", masked=("codes",)),
        ]
        indexes = [models.Index(fields=["organization", "patient", "id"], name="claims_authorization_patient")]


class FeeSchedule(OrganizationModel):
    """Prices from a day to a day: for one provider by contract, else for a plan, else for all."""

    name = models.CharField(_("name"), max_length=200)
    plan = TenantForeignKey(Plan, null=True)
    provider = TenantForeignKey(Provider, null=True)
    currency = iso_currency()
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "name", "valid_from"], name="claims_schedule_name"),
            RowChanges(name="claims_schedule_changes"),
        ]

    def __str__(self) -> str:
        return self.name


class Fee(OrganizationModel):
    """The allowed price of one unit of a service, with a modifier or without."""

    schedule = TenantForeignKey(FeeSchedule, related_name="fees")
    procedure_code = models.CharField(_("procedure"), max_length=20)
    modifier = models.CharField(_("modifier"), max_length=2, blank=True)
    amount = money()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "schedule", "procedure_code", "modifier"], name="claims_fee_once"
            ),
            RowChanges(name="claims_fee_changes", inserts=False),
        ]


class RuleSet(OrganizationModel):
    """A version of the organisation's rules of adjudication; `parameters` are read by `rules.parameters`.

    Who proposes one is not who switches it on. One is active at a time; none means that what is billed is paid.
    """

    version = models.PositiveIntegerField(_("version"))
    title = models.CharField(_("title"), max_length=200)
    parameters = models.JSONField(default=dict)
    state = models.CharField(_("state"), max_length=10, choices=RuleState, default=RuleState.DRAFT)
    made_by = TenantForeignKey(Member)
    proposed_by = TenantForeignKey(Member, null=True)
    activated_by = TenantForeignKey(Member, null=True)
    activated_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "version"], name="claims_ruleset_version"),
            models.UniqueConstraint(
                fields=["organization"], condition=Q(state=RuleState.ACTIVE), name="claims_ruleset_active"
            ),
            models.CheckConstraint(
                condition=Q(activated_by=None) | ~Q(activated_by=F("proposed_by")), name="claims_ruleset_two_people"
            ),
            RowChanges(name="claims_ruleset_changes"),
        ]

    def __str__(self) -> str:
        return self.title


class Simulation(OrganizationModel):
    """A version of the rules tried over past claims: what would have come out, in counts and money."""

    rule_set = TenantForeignKey(RuleSet, related_name="simulations")
    since = models.DateField(_("claims since"))
    until = models.DateField(_("claims until"))
    job = TenantForeignKey(Job, null=True)
    result = models.JSONField(default=dict)
    member = TenantForeignKey(Member)
    made_at = models.DateTimeField(db_default=Now(), editable=False)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [RowChanges(name="claims_simulation_changes")]
        indexes = [models.Index(fields=["organization", "rule_set", "-id"], name="claims_simulation_rules")]


class ClockRule(OrganizationModel):
    """By when something has to have happened, from a day to a day, with the law or contract that says so.

    `days` are calendar days; `interest` is the yearly rate on what is paid later.
    """

    kind = models.CharField(_("kind"), max_length=20, choices=ClockKind)
    line_of_business = models.CharField(_("line of business"), max_length=15, choices=LineOfBusiness, blank=True)
    is_paper = models.BooleanField(_("on paper"), null=True)
    days = models.PositiveSmallIntegerField(_("days"))
    interest = rate(default=0)
    basis = models.CharField(_("source"), max_length=300)
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True)

    class Meta:
        constraints = [RowChanges(name="claims_clockrule_changes")]
        indexes = [models.Index(fields=["organization", "kind", "id"], name="claims_clockrule_kind")]
