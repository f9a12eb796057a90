"""The browsers and programs from which people sign in."""

from bailiwick.kernel.identity.models import Device, Member
from bailiwick.kernel.identity.rules.logins import normal


def is_known_device(digest: bytes, login: str) -> bool:
    """Whether the person with a login has signed in from there."""
    if "\x00" in login:
        return False
    return Device.objects.filter(digest=digest, user__username__iexact=normal(login)).exists()


def is_device_of_member(digest: bytes) -> bool:
    """Whether anybody of the organisation in scope has signed in from there."""
    users = Device.objects.filter(digest=digest).values("user_id")
    return Member.objects.filter(user_id__in=users, is_active=True).exists()


def is_device(digest: bytes) -> bool:
    """Whether anybody has ever signed in from there."""
    return Device.objects.filter(digest=digest).exists()
