from django.db.models import CharField, Value
from django.db.models.functions import Cast, Coalesce, Concat, Now
from django.utils.translation import gettext_lazy as _

from bailiwick.kernel.base.manifest import JobKind, Manifest, NavigationItem, Personal, Right, Role, Verb

MANAGE = "federation.manage"
PROVISION = "federation.provision"

APPLY_GROUPS = "federation.groups"
SYNC = "federation.sync"
EVERY = 30
"""Seconds between two looks at the directories: a removal is a refusal within a minute."""

ERASED = Concat(Value("erased-"), Cast("id", CharField()))

MANIFEST = Manifest(
    app="federation",
    rights=(
        Right(MANAGE, _("Keep the organisation's own sign-in")),
        Right(PROVISION, _("Keep people and groups as a directory (SCIM)")),
    ),
    roles=(Role("directory", _("Directory (SCIM)"), (PROVISION,)),),
    navigation=(
        NavigationItem(
            _("Signing in"), _("Providers"), "federation:providers", "login", MANAGE, rank=4, is_setting=True
        ),
        NavigationItem(_("Signing in"), _("Domains"), "federation:domains", "at", MANAGE, rank=4, is_setting=True),
        NavigationItem(_("People"), _("Groups"), "federation:groups", "users-group", MANAGE, rank=2, is_setting=True),
    ),
    verbs=(
        Verb("federation.provider.added", _("added a way in")),
        Verb("federation.provider.changed", _("changed a way in")),
        Verb("federation.provider.opened", _("opened a way in again")),
        Verb("federation.provider.closed", _("closed a way in")),
        Verb("federation.domain.added", _("said that a domain is the organisation's")),
        Verb("federation.domain.verified", _("proved that a domain is the organisation's")),
        Verb("federation.domain.lost", _("found the record of a domain missing for a week")),
        Verb("federation.domain.removed", _("removed a domain")),
        Verb("federation.account.joined", _("let somebody join for whom a provider vouched")),
        Verb("federation.account.linked", _("knew somebody for whom a provider vouched")),
        Verb("federation.sign_in.refused", _("refused what a provider answered")),
        Verb("federation.alarm.mailed", _("mailed that the break-glass sign-in was used")),
        Verb("federation.group.mapped", _("let a group mean a role")),
        Verb("federation.group.skipped", _("did not give the role of a group: it would join two rights kept apart")),
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
            "federation.upkeep",
            _("Look whether domains are still the organisation's"),
            run="bailiwick.kernel.federation.scheduling.keep_domains",
            time_limit=1800,
            every=86_400,
        ),
        JobKind(
            "federation.alarms",
            _("Mail that the break-glass sign-in was used"),
            run="bailiwick.kernel.federation.scheduling.mail_alarms",
            time_limit=120,
            every=30,
        ),
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
            run="bailiwick.kernel.federation.tasks.give_roles",
        ),
    ),
    personal=(
        Personal("federation.account", _("Who they are at a provider"), {"subject": ERASED, "groups": []}),
        Personal(
            "federation.directoryuser",
            _("What a directory says of them"),
            # Removed, so that the directory finds nobody whom it could give a name again.
            {
                "user_name": ERASED,
                "external_id": "",
                "attributes": {},
                "removed_at": Coalesce("removed_at", Now()),
            },
        ),
    ),
    kinds={
        "federation.domain": _("Domain"),
        "federation.provider": _("Provider"),
        "federation.grouprole": _("Group and its role"),
        "federation.account": _("Account at a provider"),
        "federation.groupgrant": _("Grant by a group"),
        "federation.directoryuser": _("Person of a directory"),
        "federation.directorygroup": _("Group of a directory"),
        "federation.directorymembership": _("Member of a group"),
    },
)
