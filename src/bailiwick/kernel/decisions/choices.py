from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Meaning(TextChoices):
    """What the decider says by deciding (21 CFR 11.50(a)(3) asks for it beside a signature)."""

    REVIEW = "review", _("Review")
    APPROVAL = "approval", _("Approval")
    CORRECTION = "correction", _("Correction")
    UNDO = "undo", _("Undo")
    ACCESS = "access", _("Access confirmed")
