"""One machine, loopback, demo data."""

from bailiwick.config.settings.base import *  # noqa: F403

OUTBOUND_ALLOWED = ["127.0.0.0/8", "::1/128"]
OUTBOUND_PLAIN = True
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
DEMO_DATA = True
LOGGING = {"json": False, "level": environment.text("BAILIWICK_LOG_LEVEL", "WARNING")}
if not environment.text("BAILIWICK_EMAIL_URL"):
    EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
