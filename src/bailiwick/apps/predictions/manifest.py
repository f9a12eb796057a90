from django.utils.translation import gettext_lazy as _

from bailiwick.kernel.base.manifest import Manifest, NavigationItem, Queue, Right, Role, Verb

SUBMIT, REVIEW = "predictions.submit", "predictions.review"
AUDIT, MANAGE = "predictions.audit", "predictions.manage"
SEE = (REVIEW, AUDIT, MANAGE)

REVIEW_QUEUE = Queue(
    code="predictions.review",
    title=_("Listing approval"),
    right=REVIEW,
    url_name="predictions:review",
    lease=600,
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
    ),
    navigation=(
        NavigationItem(_("Work"), _("Review"), "predictions:review", "checks", REVIEW, "r", "predictions.review"),
        NavigationItem(_("Listings"), _("Predictions"), "predictions:list", "sparkles", SEE, "p"),
    ),
    verbs=(
        Verb("predictions.prediction.submitted", _("submitted a prediction")),
        Verb("predictions.prediction.decided", _("decided a prediction")),
        Verb("predictions.decision.corrected", _("corrected a decision")),
    ),
    queues=(REVIEW_QUEUE,),
    demo="bailiwick.apps.predictions.demo.fill",
)
