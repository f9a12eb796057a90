"""What becomes of a delivery, and why a webhook is off."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class DeliveryState(TextChoices):
    BEHIND = "behind", _("behind an earlier one")
    WAITING = "waiting", _("waiting")
    SENDING = "sending", _("under way")
    DELIVERED = "delivered", _("delivered")
    DEAD = "dead", _("given up")


# The nine states of the house in which these appear.
LOOKS = {
    DeliveryState.BEHIND: "open",
    DeliveryState.WAITING: "wait",
    DeliveryState.SENDING: "run",
    DeliveryState.DELIVERED: "good",
    DeliveryState.DEAD: "bad",
}


class Stop(TextChoices):
    """Why nothing is sent."""

    HAND = "hand", _("turned off")
    GONE = "gone", _("the receiver said that it is gone (410)")
    FAILING = "failing", _("it failed for days")
