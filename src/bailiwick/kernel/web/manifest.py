from django.utils.translation import gettext_lazy as _

from bailiwick.kernel.base.manifest import Manifest, NavigationItem

MANIFEST = Manifest(
    app="web",
    navigation=(NavigationItem(_("Work"), _("My desk"), "web:desk", "home", None, "d"),),
)
