from django.utils.translation import gettext_lazy as _

from bailiwick.kernel.base.manifest import Manifest, Right, Role, Verb

MANIFEST = Manifest(
    app="access",
    rights=(Right("access.manage", _("Give and end grants")),),
    roles=(Role("administrator", _("Administrator"), ("access.manage", "jobs.manage")),),
    verbs=(
        Verb("access.grant.given", _("gave a grant")),
        Verb("access.grant.ended", _("ended a grant")),
        Verb("access.right.refused", _("was refused")),
    ),
)
