"""The browsers and programs from which people sign in."""

from bailiwick.kernel.identity.models import Device
from bailiwick.kernel.identity.rules.logins import normal


def is_known_device(digest: bytes, login: str) -> bool:
    """Whether the person with a login has signed in from there."""
    if "\x00" in login:
        return False
    return Device.objects.filter(digest=digest, user__username__iexact=normal(login)).exists()
