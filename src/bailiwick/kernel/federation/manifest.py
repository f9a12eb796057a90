from django.utils.translation import gettext_lazy as _

from bailiwick.kernel.base.manifest import JobKind, Manifest, NavigationItem, Right, Role, Verb

MANAGE = "federation.manage"
PROVISION = "federation.provision"

APPLY_GROUPS = "federation.groups"
SYNC = "federation.sync"
EVERY = 30
"""Seconds between two looks at the directories: a removal is a refusal within a minute."""

MANIFEST = Manifest(
    app="federation",
    rights=(
        Right(MANAGE, _("Keep the organisation's own sign-in")),
        Right(PROVISION, _("Keep people and groups as a directory (SCIM)")),
    ),
    roles=(Role("directory", _("Directory (SCIM)"), (PROVISION,)),),
    navigation=(
        NavigationItem(_("Organisation"), _("Groups"), "federation:groups", "group", MANAGE, rank=2),
    ),
    verbs=(
        Verb("federation.group.mapped", _("let a group mean a role")),
        Verb("federation.group.unmapped", _("ended what a group means")),
        Verb("federation.account.left", _("let somebody go whom the directory no longer has")),
        Verb("federation.account.returned", _("took somebody back whom the directory has again")),
        Verb("federation.person.added", _("added a person as a directory (SCIM)")),
        Verb("federation.person.changed", _("changed a person as a directory (SCIM)")),
        Verb("federation.person.removed", _("removed a person as a directory (SCIM)")),
        Verb("federation.directory_group.added", _("added a group as a directory (SCIM)")),
        Verb("federation.directory_group.changed", _("changed a group as a directory (SCIM)")),
        Verb("federation.directory_group.removed", _("removed a group as a directory (SCIM)")),
    ),
    jobs=(
        JobKind(
            SYNC,
            _("Ask the directories who is still there"),
            run="bailiwick.kernel.federation.tasks.sync_directories",
            time_limit=600,
            every=EVERY,
        ),
        JobKind(
            APPLY_GROUPS,
            _("Give the roles that groups mean"),
            run="bailiwick.kernel.federation.tasks.apply_groups",
            right=MANAGE,
        ),
    ),
)
