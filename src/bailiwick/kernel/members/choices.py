"""What may be said of a grant."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class GrantOutcome(models.TextChoices):
    """What a manager says of a grant in an access review."""

    KEPT = "kept", _("still needed")
    ENDED = "ended", _("not needed any more")
