"""The product's settings as on one machine, with the floors' addresses beside its own."""

from datetime import timedelta

from bailiwick.config.settings.development import *  # noqa: F403

ROOT_URLCONF = "bench.urls"
LOGGING = {"json": False, "level": "WARNING"}
# Tokens are kept with the filled databases.
SIMPLE_JWT = {**SIMPLE_JWT, "ACCESS_TOKEN_LIFETIME": timedelta(days=3650)}  # noqa: F405
