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
    SECOND = "second", _("Second opinion")
    DISPUTED = "disputed", _("In dispute")
    HELD = "held", _("Held")
    CONFIRMED = "confirmed", _("Confirmed")
    OVERRIDDEN = "overridden", _("Overridden")


# The nine states of the house in which these appear.
LOOKS = {
    State.WAITING: "open",
    State.SECOND: "wait",
    State.DISPUTED: "wait",
    State.HELD: "run",
    State.CONFIRMED: "good",
    State.OVERRIDDEN: "differ",
}


class ReasonState(TextChoices):
    """Where an entry of the catalogue of reasons stands."""

    CONFIRMED = "confirmed", _("Confirmed")
    UNCONFIRMED = "unconfirmed", _("Unconfirmed")
    MERGED = "merged", _("Merged")


REASON_LOOKS = {ReasonState.CONFIRMED: "good", ReasonState.UNCONFIRMED: "wait", ReasonState.MERGED: "end"}


class Layout(TextChoices):
    """How a file of predictions is laid out."""

    OBJECTS = "objects", _("Objects as the API takes them")
    COLUMNS = "columns", _("Columns, with at most one reason a row")
    VERDICTS = "verdicts", _("Verdicts of a model, with what people found")
