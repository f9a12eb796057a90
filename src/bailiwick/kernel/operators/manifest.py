from django.conf import settings
from django.utils.translation import gettext_lazy as _

from bailiwick.kernel.base.manifest import Manifest, NavigationItem, Right, Role, Verb

OPERATE = "installation.operate"
OPERATOR = "operator"

MANIFEST = Manifest(
    app="operators",
    rights=(Right(OPERATE, _("Look into organisations of the installation")),),
    installation_roles=(Role(OPERATOR, _("Operator of the installation"), (OPERATE,)),),
    navigation=(NavigationItem(_("Installation"), _("Operators"), "operators:choose", "eye", OPERATE, rank=3),)
    if settings.OPERATOR_ADDRESSES
    else (),
    verbs=(
        Verb("operators.organization.entered", _("began to look into the organisation, for the installation")),
        Verb("operators.organization.left", _("stopped looking into the organisation")),
        Verb("operators.list.seen", _("looked at a table, for the installation")),
        Verb("operators.row.seen", _("looked at a row, for the installation")),
    ),
)
