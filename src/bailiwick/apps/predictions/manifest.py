from django.utils.translation import gettext_lazy as _

from bailiwick.kernel.base.manifest import (
    FilePurpose,
    Grantable,
    JobKind,
    Manifest,
    NavigationItem,
    Purpose,
    Queue,
    Right,
    Role,
    Sensitive,
    Verb,
)

SUBMIT, REVIEW = "predictions.submit", "predictions.review"
AUDIT, MANAGE = "predictions.audit", "predictions.manage"
SEE = (REVIEW, AUDIT, MANAGE)
KNOW_THE_MODEL = (AUDIT, MANAGE, SUBMIT)
"""Of those who review: who is asked for no blind opinion, or has seen the model's answer before it came here."""
INGEST_KEY = "ingest"
"""The organisation's secret under which what comes again is recognised."""
IMPORT = "predictions.import"
"""The kind of job, and what its files are kept for."""
LABELS = "predictions.labels"
"""The job that writes what people finally said, and what its files are kept for."""
TALLIES = "predictions.tallies"
"""The job that counts decisions for the statistics."""

KIND = "predictions.prediction"
"""The kind of record, as grants, emergencies and the report of disclosures know it."""
TO_REVIEW, TO_CHECK, AS_OWN, TO_EXPORT = "review", "quality", "own", "export"
"""What predictions are read for."""

REVIEW_QUEUE = Queue(
    code="predictions.review",
    title=_("Listing approval"),
    right=REVIEW,
    url_name="predictions:review",
    lease=600,
    service_level=86_400,
    disputes_to="predictions.disputes",
)
DISPUTE_QUEUE = Queue(
    code="predictions.disputes",
    title=_("Disputes"),
    right=AUDIT,
    url_name="predictions:disputes",
    lease=1200,
    service_level=86_400,
)

MANIFEST = Manifest(
    app="predictions",
    rights=(
        Right(SUBMIT, _("Submit predictions")),
        Right(REVIEW, _("Review predictions")),
        Right(AUDIT, _("See all predictions and decisions")),
        Right(MANAGE, _("Manage models and reasons")),
    ),
    roles=(
        Role("model-owner", _("Model owner"), (SUBMIT, AUDIT, MANAGE)),
        Role("reviewer", _("Reviewer"), (REVIEW,)),
        Role("submitter", _("Submitter"), (SUBMIT, AUDIT)),
        Role("reader", _("Reader"), (AUDIT,)),
    ),
    navigation=(
        NavigationItem(_("Work"), _("Review"), "predictions:review", "checks", REVIEW, "r", "predictions.review"),
        NavigationItem(_("Work"), _("Disputes"), "predictions:disputes", "scale", AUDIT, "", "predictions.disputes"),
        NavigationItem(_("Listings"), _("Predictions"), "predictions:list", "sparkles", SEE, "p", is_narrowed=True),
        NavigationItem(_("Listings"), _("Quality"), "predictions:dashboard", "chart-dots", SEE, "a"),
        NavigationItem(_("Listings"), _("Reasons"), "predictions:reasons", "tags", MANAGE),
        NavigationItem(_("Listings"), _("Gold"), "predictions:gold", "award", MANAGE),
        NavigationItem(_("Listings"), _("Review settings"), "predictions:settings", "adjustments", MANAGE),
    ),
    verbs=(
        Verb("predictions.prediction.submitted", _("submitted a prediction")),
        Verb("predictions.predictions.submitted", _("submitted predictions")),
        Verb("predictions.import.opened", _("uploaded a file of predictions")),
        Verb("predictions.import.started", _("started an import")),
        Verb("predictions.prediction.decided", _("decided a prediction")),
        Verb("predictions.decision.corrected", _("corrected a decision")),
        Verb("predictions.decision.undone", _("took a decision back")),
        Verb("predictions.reason.added", _("added a reason")),
        Verb("predictions.reason.changed", _("changed a reason")),
        Verb("predictions.reason.confirmed", _("confirmed a reason")),
        Verb("predictions.reason.merged", _("merged a reason into another")),
        Verb("predictions.gold.added", _("made a prediction gold")),
        Verb("predictions.gold.paused", _("paused a gold prediction")),
        Verb("predictions.gold.resumed", _("resumed a gold prediction")),
    ),
    grantables=(
        Grantable(
            KIND,
            _("Prediction"),
            find="bailiwick.apps.predictions.queries.predictions.get_prediction",
            url_name="predictions:record",
        ),
    ),
    sensitives=(
        Sensitive(
            KIND,
            _("Prediction"),
            purposes=(
                Purpose(TO_REVIEW, _("Review")),
                Purpose(TO_CHECK, _("Quality")),
                Purpose(AS_OWN, _("Own submissions")),
                Purpose(TO_EXPORT, _("Export")),
            ),
            find="bailiwick.apps.predictions.queries.predictions.find_known_by",
            role="reader",
            url_name="predictions:record",
            is_optional=True,
        ),
    ),
    queues=(REVIEW_QUEUE, DISPUTE_QUEUE),
    jobs=(
        JobKind(
            IMPORT,
            _("Import of predictions"),
            run="bailiwick.apps.predictions.tasks.run_import",
            right=SUBMIT,
        ),
        JobKind(LABELS, _("Corrected labels"), run="bailiwick.apps.predictions.tasks.run_labels", right=AUDIT),
        JobKind(TALLIES, _("Counting of decisions"), run="bailiwick.apps.predictions.tasks.run_tallies", every=30),
    ),
    files=(
        FilePurpose(IMPORT, _("Import of predictions"), kinds=("csv", "jsonl", "xlsx"), largest=256 << 20),
        FilePurpose(LABELS, _("Corrected labels"), kinds=("csv", "jsonl", "xlsx"), kept=7 * 86_400),
    ),
    demo="bailiwick.apps.predictions.demo.fill",
    kinds={
        "predictions.modelversion": _("Version of a model"),
        "predictions.reason": _("Reason"),
        "predictions.prediction": _("Prediction"),
        "predictions.goldanswer": _("Known answer"),
        "predictions.import": _("Import"),
    },
)
