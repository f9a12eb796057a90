"""Words of the review of predictions, and how its states look."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Verdict(TextChoices):
    ACCEPT = "accept", _("Accept")
    REJECT = "reject", _("Reject")


class Confidence(TextChoices):
    """How sure the model says it is, in the words of the published payload."""

    HIGH = "High", _("High")
    MEDIUM = "Medium", _("Medium")
    LOW = "Low", _("Low")


class Outcome(TextChoices):
    """What a reviewer says of one reason."""

    CONFIRMED = "confirmed", _("Confirmed")
    OVERRIDDEN = "overridden", _("Overridden")


class State(TextChoices):
    """Where a prediction stands."""

    WAITING = "waiting", _("Waiting")
    HELD = "held", _("Held")
    CONFIRMED = "confirmed", _("Confirmed")
    OVERRIDDEN = "overridden", _("Overridden")


# The nine states of the house in which these appear.
LOOKS = {State.WAITING: "open", State.HELD: "run", State.CONFIRMED: "good", State.OVERRIDDEN: "differ"}
