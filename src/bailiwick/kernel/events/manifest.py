from django.utils.translation import gettext_lazy as _

from bailiwick.kernel.base.manifest import JobKind, Manifest, NavigationItem, Right, Role, Verb

WEBHOOKS = "events.webhooks"
TESTED = "events.webhook.tested"
"""Goes to the webhook that it is about, and to no other."""

MANIFEST = Manifest(
    app="events",
    rights=(Right(WEBHOOKS, _("Manage webhooks and what they were sent")),),
    roles=(Role("integrator", _("Integrator"), (WEBHOOKS,)),),
    navigation=(
        NavigationItem(
            _("Connections"), _("Webhooks"), "events:webhooks", "webhook", WEBHOOKS, rank=6, is_setting=True
        ),
    ),
    verbs=(
        Verb("events.webhook.added", _("added a webhook")),
        Verb("events.webhook.changed", _("changed a webhook")),
        Verb("events.webhook.rotated", _("gave a webhook a new secret")),
        Verb("events.webhook.opened", _("turned a webhook on again")),
        Verb("events.webhook.stopped", _("turned a webhook off")),
        Verb("events.webhook.removed", _("removed a webhook")),
        Verb(TESTED, _("sent a webhook a test")),
        Verb("events.webhook.replayed", _("sent a webhook again what happened in a time")),
        Verb("events.delivery.replayed", _("sent a webhook an event again")),
    ),
    jobs=(
        JobKind(
            "events.upkeep",
            _("Forget what was delivered to webhooks a month ago"),
            run="bailiwick.kernel.events.tasks.forget_deliveries",
            time_limit=600,
            every=86_400,
        ),
    ),
    consumers=("bailiwick.kernel.events.actions.deliveries.queue_deliveries",),
    kinds={
        "events.webhook": _("Webhook"),
        "events.delivery": _("Delivery"),
    },
)
