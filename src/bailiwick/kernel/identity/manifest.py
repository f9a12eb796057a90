from django.utils.translation import gettext_lazy as _

from bailiwick.kernel.base.manifest import JobKind, Manifest, Verb

MAIL_LINKS = "identity.links"

MANIFEST = Manifest(
    app="identity",
    verbs=(
        Verb("identity.sign_in.succeeded", _("signed in")),
        Verb("identity.sign_in.failed", _("failed to sign in")),
        Verb("identity.session.ended", _("signed out")),
        Verb("identity.password.changed", _("changed the password")),
        Verb("identity.password.asked", _("was mailed a link to a new password")),
        Verb("identity.password.reset", _("set a new password by a mailed link")),
        Verb("identity.person.changed", _("changed who they are")),
        Verb("identity.member.added", _("added a member")),
        Verb("identity.key.issued", _("issued a key")),
        Verb("identity.key.revoked", _("revoked a key")),
    ),
    jobs=(
        JobKind(
            MAIL_LINKS,
            _("Mail a link to a new password"),
            run="bailiwick.kernel.identity.tasks.mail_links",
            time_limit=120,
            at_once=4,
        ),
        JobKind(
            "identity.expired",
            _("Remove expired sessions and tokens"),
            run="bailiwick.kernel.identity.tasks.purge_expired",
            time_limit=600,
            every=6 * 3600,
            is_for_installation=True,
        ),
    ),
)
