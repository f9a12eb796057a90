"""What may be said of grants."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class GrantOutcome(models.TextChoices):
    """What a manager says of a grant in an access review."""

    KEPT = "kept", _("still needed")
    ENDED = "ended", _("not needed any more")
    LAPSED = "lapsed", _("nobody said, so it ended at the close")


class Verdict(models.TextChoices):
    """What a signature under a member's grants says of them altogether."""

    KEPT = "kept", _("everything still needed")
    SOME = "some", _("some not needed any more")
    ENDED = "ended", _("nothing needed any more")


class InvitationState(models.TextChoices):
    """Where an invitation stands."""

    OPEN = "open", _("open")
    ACCEPTED = "accepted", _("accepted")
    EXPIRED = "expired", _("has run out")
    WITHDRAWN = "withdrawn", _("withdrawn")
