from django.utils.translation import gettext_lazy as _

from bailiwick.kernel.base.manifest import Manifest, Right

MANAGE = "federation.manage"
PROVISION = "federation.provision"

MANIFEST = Manifest(
    app="federation",
    rights=(
        Right(MANAGE, _("Keep the organisation's own sign-in")),
        Right(PROVISION, _("Keep people and groups as a directory (SCIM)")),
    ),
)
