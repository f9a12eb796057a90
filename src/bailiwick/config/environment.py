"""Values that come from outside, read in one place."""

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

ROOT = Path(__file__).resolve().parents[3]


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, "") or default


def words(name: str, default: str = "") -> list[str]:
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def data_folder() -> Path:
    return Path(text("BAILIWICK_DATA", str(ROOT / "var"))).resolve()


def role_name(url: str) -> str:
    """The role that a database URL signs in as."""
    parts = urlsplit(url)
    return unquote(parts.username or "") or dict(parse_qsl(parts.query)).get("user", "")


def database(url: str) -> dict[str, Any]:
    """Django's settings of a postgresql:// URL; its query (sslmode, host, sslrootcert ...) goes to libpq as it is."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or query.pop("dbname", ""),
        "USER": unquote(parts.username or "") or query.pop("user", ""),
        "PASSWORD": unquote(parts.password or "") or query.pop("password", ""),
        "HOST": query.pop("host", "") or unquote(parts.hostname or ""),
        "PORT": query.pop("port", "") or str(parts.port or ""),
        "CONN_MAX_AGE": None,
        "DISABLE_SERVER_SIDE_CURSORS": False,
        # What a connection asks often is planned once; a transaction that must not sets plan_cache_mode.
        "OPTIONS": {"server_side_binding": True, "prepare_threshold": 3, **query},
    }


def mail(url: str) -> dict[str, Any]:
    """Django's settings of an smtp:// or smtps:// URL, none for "".

    smtps:// is encrypted from the first byte; smtp:// turns to encryption before anything is said, unless the query
    says tls=no (a server on the same machine).
    """
    if not url:
        return {}
    parts = urlsplit(url)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise ValueError("BAILIWICK_EMAIL_URL is smtp://user:password@host:port, or smtps:// the same.")
    is_wrapped = parts.scheme == "smtps"
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or (465 if is_wrapped else 587),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": is_wrapped,
        "EMAIL_USE_TLS": not is_wrapped and dict(parse_qsl(parts.query)).get("tls") != "no",
    }
