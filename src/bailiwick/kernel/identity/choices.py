from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class MemberKind(TextChoices):
    """Who acts: a circle, a square or a hexagon on every page."""

    PERSON = "person", _("Person")
    PROGRAM = "program", _("Program")
    MODEL = "model", _("Model")


class Credential(TextChoices):
    """By what a member is known in the present request."""

    SESSION = "session", _("Session")
    TOKEN = "token", _("Token")
    KEY = "key", _("Key")
    JOB = "job", _("Job")
    SYSTEM = "system", _("System")
