from django.utils.translation import gettext_lazy as _

from bailiwick.kernel.base.manifest import Manifest, Right

ALERTS = "notices.alerts"

MANIFEST = Manifest(
    app="notices",
    rights=(Right(ALERTS, _("Decide what is alerted, and whom")),),
)
