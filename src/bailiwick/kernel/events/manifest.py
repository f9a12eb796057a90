from django.utils.translation import gettext_lazy as _

from bailiwick.kernel.base.manifest import Manifest, Right, Role

WEBHOOKS = "events.webhooks"

MANIFEST = Manifest(
    app="events",
    rights=(Right(WEBHOOKS, _("Manage webhooks and what they were sent")),),
    roles=(Role("integrator", _("Integrator"), (WEBHOOKS,)),),
)
