"""Keeping webhooks: adding one, changing it, its secret, turning it off and on, a test, removing it."""

from collections.abc import Sequence
from datetime import timedelta
from urllib.parse import urlsplit
from uuid import UUID

from django.db import transaction
from django.utils.timezone import now
from django.utils.translation import gettext as _

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.audit.actions import record
from bailiwick.kernel.base.errors import InvalidInput, NotFound
from bailiwick.kernel.base.manifest import registry
from bailiwick.kernel.base.outbound import AddressRefused, NotReachable, check_url, resolve
from bailiwick.kernel.events.choices import Stop
from bailiwick.kernel.events.errors import TooMany, WebhookOff
from bailiwick.kernel.events.manifest import TESTED, WEBHOOKS
from bailiwick.kernel.events.models import Webhook
from bailiwick.kernel.events.rules import new_secret
from bailiwick.kernel.identity.actions import require_fresh

MOST = 200
"""Webhooks of an organisation."""
OVERLAP = timedelta(hours=24)
"""How long the former secret signs beside the new one."""


def add_webhook(*, actor: Actor, title: str, url: str, verbs: Sequence[str] = ()) -> Webhook:
    """A new webhook with its secret, which is shown once. Raises InvalidInput, TooMany."""
    _require(actor)
    with transaction.atomic(savepoint=False):
        if Webhook.objects.filter(removed_at=None).count() >= MOST:
            raise TooMany
        row = Webhook.objects.create(title=title, secret=new_secret(), **_checked(url, verbs))
        record(actor.ref, "events.webhook.added", row, {"title": title, "verbs": row.verbs})
        return row


def change_webhook(*, actor: Actor, webhook_id: UUID, title: str, url: str, verbs: Sequence[str] = ()) -> Webhook:
    """What is still to go goes to the new address. Raises NotFound, InvalidInput."""
    _require(actor)
    with transaction.atomic(savepoint=False):
        row = _lock(webhook_id)
        for name, value in {"title": title, **_checked(url, verbs)}.items():
            setattr(row, name, value)
        row.save(update_fields=["title", "url", "verbs"])
        record(actor.ref, "events.webhook.changed", row, {"title": title, "verbs": row.verbs})
        return row


def rotate_secret(*, actor: Actor, webhook_id: UUID) -> Webhook:
    """A new secret, shown once; the former signs too for a day. Raises NotFound."""
    _require(actor)
    with transaction.atomic(savepoint=False):
        row = _lock(webhook_id)
        row.former_secret, row.former_until = row.secret, now() + OVERLAP
        row.secret = new_secret()
        row.save(update_fields=["secret", "former_secret", "former_until"])
        record(actor.ref, "events.webhook.rotated", row, {"title": row.title})
        return row


def stop_webhook(*, actor: Actor, webhook_id: UUID) -> Webhook:
    """Nothing is sent; what waits goes on waiting, what happens meanwhile can be replayed. Raises NotFound."""
    actor.require(WEBHOOKS)
    with transaction.atomic(savepoint=False):
        row = _lock(webhook_id)
        if row.is_on:
            row.stop = Stop.HAND
            row.save(update_fields=["stop"])
            record(actor.ref, "events.webhook.stopped", row, {"title": row.title, "why": row.stop})
        return row


def open_webhook(*, actor: Actor, webhook_id: UUID) -> Webhook:
    """Send again; what waits goes first. Raises NotFound."""
    actor.require(WEBHOOKS)
    with transaction.atomic(savepoint=False):
        row = _lock(webhook_id)
        if not row.is_on:
            row.stop, row.failing_since = "", None
            row.save(update_fields=["stop", "failing_since"])
            record(actor.ref, "events.webhook.opened", row, {"title": row.title})
        return row


def send_test(*, actor: Actor, webhook_id: UUID) -> None:
    """An event of its own goes the way of all others. Raises NotFound, WebhookOff."""
    actor.require(WEBHOOKS)
    with transaction.atomic(savepoint=False):
        row = _lock(webhook_id)
        if not row.is_on:
            raise WebhookOff
        record(actor.ref, TESTED, row, {"title": row.title})


def remove_webhook(*, actor: Actor, webhook_id: UUID) -> None:
    """Nothing goes there any more, and its secret is forgotten. Raises NotFound."""
    _require(actor)
    with transaction.atomic(savepoint=False):
        row = _lock(webhook_id)
        row.removed_at, row.secret, row.former_secret = now(), "", ""
        row.save(update_fields=["removed_at", "secret", "former_secret"])
        record(actor.ref, "events.webhook.removed", row, {"title": row.title})


def _require(actor: Actor) -> None:
    actor.require(WEBHOOKS)
    require_fresh(actor)


def _checked(url: str, verbs: Sequence[str]) -> dict[str, object]:
    """Raises InvalidInput for an address that is not called from here, and for verbs that nothing is told by."""
    if unknown := sorted(set(verbs) - set(registry().verbs)):
        raise InvalidInput({"verbs": [_("There is no such event: {verbs}.").format(verbs=", ".join(unknown))]})
    try:
        parts = urlsplit(check_url(url))
        resolve(parts.hostname or "", parts.port or 443)
    except AddressRefused as refusal:
        raise InvalidInput({"url": [_("Only https, and only public addresses are called from here.")]}) from refusal
    except NotReachable as failure:
        raise InvalidInput({"url": [_("Nobody knows this host. Look at its name.")]}) from failure
    return {"url": url, "verbs": sorted(set(verbs))}


def _lock(webhook_id: UUID) -> Webhook:
    row = Webhook.objects.select_for_update().filter(id=webhook_id, removed_at=None).first()
    if row is None:
        raise NotFound
    return row
