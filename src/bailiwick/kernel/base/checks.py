"""A production start is refused while anything in it is meant for a developer's machine."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from bailiwick.kernel.base.vault import is_key


@register()
def check_production(**kwargs: Any) -> list[CheckMessage]:
    if not getattr(settings, "PRODUCTION", False):
        return []
    key = settings.SECRET_KEY
    refusals = {
        "base.E001": settings.DEBUG and "DEBUG is on: set it to False.",
        "base.E002": (len(key) < 32 or "insecure" in key or "tests-only" in key)
        and "BAILIWICK_SECRET_KEY is missing or weak: set 50 random characters.",
        "base.E003": (not settings.ALLOWED_HOSTS or any("*" in host for host in settings.ALLOWED_HOSTS))
        and "BAILIWICK_ALLOWED_HOSTS is empty or has a wildcard: name the hosts that are served.",
        "base.E004": getattr(settings, "DEMO_DATA", False) and "Demo data is on: leave it to development settings.",
        "base.E005": not settings.DATABASE_URL and "DATABASE_URL is missing.",
        "base.E006": not settings.REDIS_URL and "REDIS_URL is missing.",
    }
    return [Error(sentence, id=code) for code, sentence in refusals.items() if sentence]


@register()
def check_encryption_keys(**kwargs: Any) -> list[CheckMessage]:
    """Wherever it runs: without a key no secret could be stored, nor one that is stored be read."""
    keys = settings.ENCRYPTION_KEYS
    if keys and all(map(is_key, keys)):
        return []
    sentence = "BAILIWICK_ENCRYPTION_KEYS is missing or malformed: set a key from `openssl rand -base64 32`."
    return [Error(sentence, id="base.E007")]
