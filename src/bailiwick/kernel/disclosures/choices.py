from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Verdict(TextChoices):
    """What the second person says of an emergency."""

    JUSTIFIED = "justified", _("Justified")
    UNJUSTIFIED = "unjustified", _("Not justified")


LOOKS = {Verdict.JUSTIFIED: "good", Verdict.UNJUSTIFIED: "bad"}
