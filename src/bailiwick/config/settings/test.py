"""The suite: real engines, quick hashes, static files without a manifest."""

from pathlib import Path

from bailiwick.config import environment
from bailiwick.config.settings.base import *  # noqa: F403

SECRET_KEY = "a-key-for-tests-only-that-is-long-enough-for-hs256"
ENCRYPTION_KEYS = ["dGhpcy1rZXktaXMtZm9yLXRlc3RzLW9ubHktMzJieXQ="]
OUTBOUND_ALLOWED = ["127.0.0.0/8", "::1/128"]
OUTBOUND_PLAIN = True
OPERATOR_ADDRESSES = ["127.0.0.0/8"]
DNS_SERVERS = ["127.0.0.1:0"]  # nobody: tests that ask have a name server of their own
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "testserver"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": environment.text("BAILIWICK_TEST_STORAGE", str(DATA_FOLDER / "test-storage")),
            "file_permissions_mode": 0o600,
        },
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
ANCHORS_FOLDER = Path(environment.text("BAILIWICK_TEST_STORAGE", str(DATA_FOLDER / "test-storage"))) / "anchors"
LOGGING = {"json": True, "level": "WARNING"}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
# All tests come from one address.
REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"] |= {"sign_in_address": "100000/hour"}  # type: ignore[operator]
