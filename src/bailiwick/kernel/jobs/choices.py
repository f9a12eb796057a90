"""Where a job stands, and how that looks."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class JobState(TextChoices):
    """A job that is tried again waits; one whose tries are used up is a dead letter."""

    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    DEAD = "dead", _("Dead letter")
    CANCELLED = "cancelled", _("Cancelled")


# The nine states of the house in which these appear.
LOOKS = {
    JobState.WAITING: "wait",
    JobState.RUNNING: "run",
    JobState.DONE: "good",
    JobState.DEAD: "bad",
    JobState.CANCELLED: "end",
}
