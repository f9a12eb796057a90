"""What a model said of a product, and what people said of each of its reasons."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower, Now
from django.utils.translation import gettext_lazy as _

from bailiwick.apps.predictions.choices import Confidence, Layout, Outcome, ReasonState, Verdict
from bailiwick.kernel.audit.constraints import AppendOnly, RowChanges
from bailiwick.kernel.audit.fields import TransactionIdField
from bailiwick.kernel.audit.models import SealedModel
from bailiwick.kernel.decisions.models import Decision
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.imports.models import COUNTED, AbstractImport, AbstractRejectedRow, AbstractTakenRow
from bailiwick.kernel.tenancy.fields import TenantForeignKey
from bailiwick.kernel.tenancy.models import OrganizationModel, organization_key


class ModelVersion(SealedModel):
    """A version of a model, as named by whoever submits its output."""

    name = models.CharField(_("model"), max_length=100)
    version = models.CharField(_("version"), max_length=50, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "name", "version"], name="predictions_model_version"),
            AppendOnly(name="predictions_modelversion_append_only"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.version}".strip()


class Reason(OrganizationModel):
    """An entry of the catalogue of reasons for which a product may be rejected. `code` is its number on the wire.

    One that was `merged_into` another stays for what was said with it; new predictions get the other.
    """

    code = models.BigIntegerField(_("number"))
    title = models.CharField(_("title"), max_length=255)
    policy = models.TextField(_("policy"), blank=True)
    is_confirmed = models.BooleanField(default=False)
    merged_into = TenantForeignKey("self", null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "code"], name="predictions_reason_code"),
            RowChanges(name="predictions_reason_changes"),
        ]
        indexes = [models.Index("organization", Lower("title"), name="predictions_reason_title")]

    def __str__(self) -> str:
        return self.title

    @property
    def state(self) -> ReasonState:
        if self.merged_into_id is not None:
            return ReasonState.MERGED
        return ReasonState.CONFIRMED if self.is_confirmed else ReasonState.UNCONFIRMED


class Prediction(SealedModel):
    """One output of a model about one product. It never changes."""

    submitted_by = TenantForeignKey(Member)
    identity = models.BinaryField(max_length=32)
    body = models.BinaryField(max_length=32)
    external_id = models.CharField(_("external number"), max_length=255, blank=True)
    product_id = models.CharField(_("product"), max_length=255)
    model = TenantForeignKey(ModelVersion, null=True)
    verdict = models.CharField(_("model says"), max_length=10, choices=Verdict)
    confidence = models.DecimalField(_("confidence"), max_digits=9, decimal_places=8, null=True)
    title = models.CharField(_("title"), max_length=500, blank=True)
    text = models.TextField(_("text"), blank=True)
    link = models.URLField(_("link"), max_length=2000, blank=True)
    attributes = models.JSONField(_("attributes"), default=dict)
    content_digest = models.BinaryField(max_length=32)
    received_at = models.DateTimeField(_("received"), db_default=Now(), editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "identity"], name="predictions_identity"),
            AppendOnly(name="predictions_prediction_append_only"),
        ]
        indexes = [
            models.Index(fields=["organization", "product_id", "id"], name="predictions_product"),
            models.Index(fields=["organization", "model", "id"], name="predictions_by_model"),
        ]

    def __str__(self) -> str:
        return self.title or self.product_id


class PredictionReason(SealedModel):
    """One reason that the model gave."""

    prediction = TenantForeignKey(Prediction, related_name="reasons")
    position = models.PositiveSmallIntegerField()
    reason = TenantForeignKey(Reason)
    confidence = models.CharField(max_length=6, choices=Confidence)
    score = models.DecimalField(max_digits=9, decimal_places=8, null=True)
    explanation = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "prediction", "reason"], name="predictions_reason_once"),
            AppendOnly(name="predictions_predictionreason_append_only"),
        ]
        indexes = [models.Index(fields=["organization", "reason", "prediction"], name="predictions_by_reason")]


class ReasonDecision(SealedModel):
    """What a decision says of one reason."""

    decision = TenantForeignKey(Decision)
    prediction_reason = TenantForeignKey(PredictionReason)
    outcome = models.CharField(max_length=10, choices=Outcome)
    corrected_explanation = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "decision", "prediction_reason"], name="predictions_reason_decided_once"
            ),
            AppendOnly(name="predictions_reasondecision_append_only"),
        ]


class AddedReason(SealedModel):
    """A reason that a reviewer gave and the model did not."""

    decision = TenantForeignKey(Decision)
    reason = TenantForeignKey(Reason)
    explanation = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "decision", "reason"], name="predictions_reason_added_once"
            ),
            AppendOnly(name="predictions_addedreason_append_only"),
        ]


class GoldAnswer(OrganizationModel):
    """The known answer to a prediction that is mixed into the queue to see how well reviewers do.

    `codes` are the catalogue's numbers of the reasons that hold.
    """

    prediction = TenantForeignKey(Prediction)
    verdict = models.CharField(_("known verdict"), max_length=10, choices=Verdict)
    codes = ArrayField(models.BigIntegerField(), default=list)
    note = models.TextField(_("why"), blank=True)
    is_active = models.BooleanField(default=True)
    member = TenantForeignKey(Member)
    made_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "prediction"], name="predictions_gold_once"),
            RowChanges(name="predictions_goldanswer_changes"),
        ]


class Import(AbstractImport):
    """A file of predictions on its way in."""

    layout = models.CharField(_("layout"), max_length=10, choices=Layout)

    class Meta:
        constraints = [RowChanges(name="predictions_import_changes", skipped=COUNTED, inserts=False)]
        indexes = [models.Index(fields=["organization", "member", "id"], name="predictions_import_member")]


class TakenRow(AbstractTakenRow):
    """A row of an import that was stored, or recognised as one that was there before."""

    source = TenantForeignKey(Import)
    prediction = TenantForeignKey(Prediction)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "source", "line"], name="predictions_taken_line"),
            AppendOnly(name="predictions_takenrow_append_only"),
        ]


class RejectedRow(AbstractRejectedRow):
    """A row of an import that was not in order."""

    source = TenantForeignKey(Import)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "source", "line"], name="predictions_rejected_line"),
            AppendOnly(name="predictions_rejectedrow_append_only"),
        ]


class TallyMark(OrganizationModel):
    """Up to which transaction, that one left out, an organisation's decisions are in its tallies."""

    audit_exempt = "says how far sums were taken; what they are sums of is its own record"

    epoch = models.SmallIntegerField()
    transaction_id = TransactionIdField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization"], name="predictions_tally_mark")]


class Tally(OrganizationModel):
    """Sums over decisions that count, by the hour in which they were made and what else they are asked by."""

    audit_exempt = "sums of decisions, which are their own record"

    organization = organization_key(is_checked=False)
    hour = models.DateTimeField()
    model_id = models.UUIDField(null=True)
    is_sampled = models.BooleanField()
    n = models.IntegerField()

    class Meta:
        abstract = True


def _once(name: str, *more: str) -> models.UniqueConstraint:
    fields = ("organization", "hour", "model_id", "is_sampled", *more)
    return models.UniqueConstraint(fields=fields, name=name, nulls_distinct=False)


class VerdictTally(Tally):
    """Decided predictions. `stated` and `squares` sum up confidence, and the square of how far it was off."""

    bin = models.SmallIntegerField(null=True)
    verdict = models.CharField(max_length=10, choices=Verdict)
    final = models.CharField(max_length=10, choices=Verdict)
    is_changed = models.BooleanField()
    stated = models.DecimalField(max_digits=18, decimal_places=8)
    squares = models.DecimalField(max_digits=26, decimal_places=16)

    class Meta:
        constraints = [_once("predictions_verdict_tally", "bin", "verdict", "final", "is_changed")]


class ReasonTally(Tally):
    """Reasons of decided predictions, by what was finally said of each."""

    reason_id = models.UUIDField()
    outcome = models.CharField(max_length=10)

    class Meta:
        constraints = [_once("predictions_reason_tally", "reason_id", "outcome")]


class OpinionTally(Tally):
    """Opinions by member, and how many seconds they took; those with a known answer apart, by whether they hit it."""

    member_id = models.UUIDField()
    kind = models.CharField(max_length=10)
    seconds = models.BigIntegerField()

    class Meta:
        constraints = [_once("predictions_opinion_tally", "member_id", "kind")]


class PairTally(Tally):
    """First and second opinions on the same prediction, by who gave them and what they were."""

    first_id = models.UUIDField()
    second_id = models.UUIDField()
    first = models.CharField(max_length=10, choices=Verdict)
    second = models.CharField(max_length=10, choices=Verdict)

    class Meta:
        constraints = [_once("predictions_pair_tally", "first_id", "second_id", "first", "second")]
