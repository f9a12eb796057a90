"""What the settings say."""

from collections.abc import Iterator

from django.conf import settings

from bailiwick.config.doctor.findings import Finding, bad, ok, warn
from bailiwick.config.doctor.mail import look_at_mail
from bailiwick.kernel.base.checks import check_production
from bailiwick.kernel.operators.checks import check_addresses
from bailiwick.kernel.operators.rules import holds_everybody
from bailiwick.runtime import parts

SECURE = {
    "SESSION_COOKIE_SECURE": "The cookie that signs people in travels without TLS",
    "CSRF_COOKIE_SECURE": "The cookie against forged forms travels without TLS",
    "SESSION_COOKIE_HTTPONLY": "Scripts can read the cookie that signs people in",
    "SECURE_SSL_REDIRECT": "Pages are served without TLS",
    "SECURE_PROXY_SSL_HEADER": "TLS that ends at the reverse proxy is not known here: redirects go round in circles",
}
PRODUCTION = "bailiwick.config.settings.production"


def look_at_choices() -> Iterator[Finding]:
    """Whether the settings fit where this runs; in production what refuses the start is named too."""
    if not getattr(settings, "PRODUCTION", False):
        yield from _look_at_development()
        return
    found = [*_refusals(), *_look_at_transport(), *_look_at_figures(), *_look_at_operators(), *look_at_mail()]
    yield from found or [ok("Production settings are complete")]


def _look_at_development() -> Iterator[Finding]:
    if parts.host() in parts.LOOPBACK:
        yield ok("Development settings, on loopback alone")
    else:
        yield bad(
            f"Development settings are served at {parts.host()}, for others to reach",
            f"Set DJANGO_SETTINGS_MODULE={PRODUCTION}, or BAILIWICK_HOST=127.0.0.1.",
        )


def _refusals() -> Iterator[Finding]:
    for message in (*check_production(), *check_addresses()):
        sentence, _colon, remedy = message.msg.partition(": ")
        yield bad(sentence.rstrip("."), _capital(remedy) or "Set it.")


def _look_at_transport() -> Iterator[Finding]:
    for name, sentence in SECURE.items():
        if not getattr(settings, name, None):
            yield bad(sentence, f"Leave {name} as the production settings have it.")
    if not settings.SECURE_HSTS_SECONDS:
        yield warn("Browsers are not told to insist on TLS", "Leave SECURE_HSTS_SECONDS as the settings have it.")
    if not settings.TRUSTED_PROXIES:
        yield warn(
            "No reverse proxy is believed: everybody's failed sign-ins count as those of one address",
            "Set BAILIWICK_TRUSTED_PROXIES to the network of the proxy, such as 10.0.0.0/8.",
        )


def _look_at_figures() -> Iterator[Finding]:
    if not settings.METRICS_TOKEN:
        yield warn(
            "/metrics answers nobody", "Set BAILIWICK_METRICS_TOKEN to a random value, and give it to Prometheus."
        )


def _look_at_operators() -> Iterator[Finding]:
    if holds_everybody(settings.OPERATOR_ADDRESSES):
        yield warn(
            "Operators may come from anywhere", "Set BAILIWICK_OPERATOR_ADDRESSES to the networks where they work."
        )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
