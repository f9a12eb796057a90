"""What the columns of a file of predictions may be."""

from django.utils.translation import gettext_lazy as _

LABELS = {
    "product_id": _("Product number"),
    "external_id": _("Number of the prediction"),
    "verdict": _("Model says"),
    "confidence": _("Confidence"),
    "title": _("Title"),
    "text": _("Text"),
    "link": _("Link"),
    "model": _("Model"),
    "model_version": _("Version of the model"),
    "reason": _("Reason, by its title"),
    "reason_id": _("Reason, by its number"),
    "score": _("Score of the reason"),
    "reason_confidence": _("Confidence in the reason"),
    "explanation": _("Explanation of the reason"),
    "attributes": _("Attributes, as JSON"),
}
