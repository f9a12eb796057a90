"""Why a grant gives nothing, and what else stands between somebody and a right."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Fault(TextChoices):
    """Why a grant does not give a right at a moment."""

    ENDED = "ended", _("It was ended.")
    OVER = "over", _("Its time is over.")
    WAITS = "waits", _("It waits for a second person.")
    TO_COME = "to_come", _("It has not begun yet.")
    ELSEWHERE = "elsewhere", _("It is over something else.")
    ROLE = "role", _("Its role does not contain the right.")


class Obstacle(TextChoices):
    """What keeps somebody from a right whatever their grants give."""

    NOT_YET = "not_yet", _("Was no member yet.")
    LEFT = "left", _("The membership has ended.")
    CLOSED = "closed", _("The account of this person is closed.")
    KEY = "key", _("The key leaves this right out.")
