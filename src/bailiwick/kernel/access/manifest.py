from django.utils.translation import gettext_lazy as _

from bailiwick.kernel.base.manifest import Manifest, NavigationItem, Right, Role, Verb

MANIFEST = Manifest(
    app="access",
    rights=(
        Right("access.manage", _("Give and end grants")),
        Right("access.explain", _("Ask why others may or may not")),
    ),
    roles=(
        Role(
            "administrator",
            _("Administrator"),
            (
                "access.manage",
                "access.explain",
                "members.invite",
                "members.review",
                "members.offboard",
                "members.export",
                "members.erase",
                "jobs.manage",
                "identity.policy",
                "identity.register",
                "identity.recover",
                "identity.keys.issue",
                "identity.keys.revoke",
                "federation.manage",
                "federation.provision",
                "audit.read",
                "audit.anchor",
                "audit.retain",
                "events.webhooks",
                "notices.alerts",
                "disclosures.read",
                "disclosures.review",
            ),
        ),
        Role("auditor", _("Auditor"), ("audit.read", "audit.read_sensitive", "disclosures.read", "access.explain")),
        Role(
            "privacy-officer",
            _("Privacy officer"),
            ("audit.read", "audit.read_sensitive", "audit.retain", "disclosures.read", "disclosures.review"),
        ),
        Role("key-manager", _("Key manager"), ("identity.register", "identity.recover")),
        Role("key-issuer", _("Issuer of programs' keys"), ("identity.keys.issue",)),
        Role("key-revoker", _("Revoker of programs' keys"), ("identity.keys.revoke",)),
    ),
    navigation=(
        NavigationItem(_("Access"), _("Roles"), "access:roles", "shield", "access.manage", rank=3, is_setting=True),
        NavigationItem(
            _("Access"),
            _("Rights kept apart"),
            "access:conflicts",
            "arrows-split",
            "access.manage",
            rank=3,
            is_setting=True,
        ),
        NavigationItem(
            _("Access"), _("Approvals"), "access:approvals", "checks", "access.manage", rank=3, is_setting=True
        ),
        NavigationItem(
            _("Access"), _("Why may they?"), "access:why", "zoom-question", "access.explain", rank=3, is_setting=True
        ),
    ),
    verbs=(
        Verb("access.grant.given", _("gave a grant")),
        Verb("access.grant.approved", _("approved a grant")),
        Verb("access.grant.ended", _("ended a grant")),
        Verb("access.role.added", _("added a role")),
        Verb("access.role.changed", _("changed what a role contains")),
        Verb("access.role.ended", _("ended a role")),
        Verb("access.conflict.added", _("set two rights apart")),
        Verb("access.conflict.ended", _("no longer keeps two rights apart")),
        Verb("access.right.refused", _("was refused")),
    ),
    kinds={
        "access.role": _("Role"),
        "access.rolerights": _("Rights of a role"),
        "access.grant": _("Grant"),
        "access.conflictingpair": _("Rights kept apart"),
    },
)
