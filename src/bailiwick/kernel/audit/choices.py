"""What is kept, and where seals are kept."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class TrailKind(TextChoices):
    EVENTS = "events", _("Events")
    CHANGES = "changes", _("Changes of rows")
    READS = "reads", _("Reading of sensitive records")


class AnchorKind(TextChoices):
    FILE = "file", _("File")
    MAIL = "mail", _("Mail")
    TIMESTAMP = "timestamp", _("Time stamp (RFC 3161)")


class Veil(TextChoices):
    """Why a value of the trail is not shown."""

    HIDDEN = "hidden", _("hidden")
    NEVER = "never", _("never stored")


class Operation(TextChoices):
    """What became of a row, as the database writes it down."""

    INSERT = "INSERT", _("added")
    UPDATE = "UPDATE", _("changed")
    DELETE = "DELETE", _("removed")
