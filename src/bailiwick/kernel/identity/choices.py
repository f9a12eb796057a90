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


class SessionKind(TextChoices):
    """In a browser, or as a family of tokens."""

    BROWSER = "browser", _("Browser")
    TOKEN = "token", _("Token")


class Method(TextChoices):
    """By what somebody proved who they are when they signed in."""

    PASSWORD = "password", _("Password")
    TWO_FACTOR = "two_factor", _("Password and code")
    PASSKEY = "passkey", _("Passkey")
    PROVIDER = "provider", _("The organisation's own sign-in")


class SessionEnd(TextChoices):
    """Why a session is over."""

    SIGNED_OUT = "signed_out", _("signed out")
    ENDED = "ended", _("ended from the list")
    PASSWORD = "password", _("new password")
    CROWDED = "crowded", _("too many at once")
    SWITCHED = "switched", _("went on in another organisation")
    REPLAYED = "replayed", _("a token was used twice")
    RECOVERED = "recovered", _("lost key")
    LEFT = "left", _("membership ended")
    PROVIDER = "provider", _("ended by the organisation's own sign-in")


class PersonState(TextChoices):
    """How far somebody is whom the organisation lets in."""

    IN = "in", _("Comes in")
    NEW = "new", _("Has not come in yet")
    TICKET = "ticket", _("Has a ticket")
    LOST = "lost", _("Lost their key")
    INACTIVE = "inactive", _("Not active")


# The nine states of the house in which these appear.
PERSON_LOOKS = {
    PersonState.IN: "good",
    PersonState.NEW: "open",
    PersonState.TICKET: "run",
    PersonState.LOST: "wait",
    PersonState.INACTIVE: "end",
}


class KeyState(TextChoices):
    """Whether a key of a program opens anything."""

    LIVE = "live", _("in use")
    EXPIRED = "expired", _("run out")
    REVOKED = "revoked", _("revoked")
