"""What alerts look for, and how they count."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class AlertKind(TextChoices):
    GLASS = "glass", _("Break-glass")
    SEAL = "seal", _("Seal out of date")
    SIGN_INS = "sign_ins", _("Failed sign-ins")
    EXPORTS = "exports", _("Bulk exports")
    GRANTS = "grants", _("Grants of chosen roles")
    EVENTS = "events", _("Any other event")


class Per(TextChoices):
    """Whose events are counted together."""

    ORGANIZATION = "organization", _("the whole organisation")
    MEMBER = "member", _("each who did it")
    SUBJECT = "subject", _("each to whom, or to what, it was done")
    ADDRESS = "address", _("each network address")
