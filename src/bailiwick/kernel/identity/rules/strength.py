"""How long a password would be guessed at: by words, names, dates and keyboard paths, not by classes of characters."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from zxcvbn import zxcvbn

LOOKED_AT = 100
"""Characters; what comes after them makes nothing weaker, and guessing at all of a long one takes long."""
STRONG_ENOUGH = 3
"""Of 4: more than 10^8 guesses (Wheeler, zxcvbn, USENIX Security 2016)."""


def strength_of(password: str, known: list[str]) -> int:
    """0 to 4; `known` are words that whoever guesses tries first, such as the person's name."""
    words = [word[:LOOKED_AT] for text in known for word in {text, *text.replace("@", " ").replace(".", " ").split()}]
    score: int = zxcvbn(password[:LOOKED_AT], [word for word in words if len(word) > 2], max_length=LOOKED_AT)["score"]
    return score


class StrengthValidator:
    """A validator of Django's for AUTH_PASSWORD_VALIDATORS."""

    def validate(self, password: str, user: Any = None) -> None:
        names = ("username", "first_name", "last_name", "email")
        known = [value for name in names if (value := getattr(user, name, ""))]
        if strength_of(password, ["Bailiwick", *known]) < STRONG_ENOUGH:
            raise ValidationError(
                _("This is guessed too soon. Take several words that do not belong together."), code="password_too_weak"
            )

    def get_help_text(self) -> str:
        return str(_("Several words that do not belong together are good; names and dates are not."))
