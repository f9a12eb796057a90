from django.utils.translation import gettext_lazy as _

from bailiwick.kernel.base.manifest import JobKind, Manifest, Verb

MANIFEST = Manifest(
    app="identity",
    verbs=(
        Verb("identity.sign_in.succeeded", _("signed in")),
        Verb("identity.sign_in.failed", _("failed to sign in")),
        Verb("identity.session.ended", _("signed out")),
        Verb("identity.password.changed", _("changed the password")),
        Verb("identity.member.added", _("added a member")),
        Verb("identity.key.issued", _("issued a key")),
        Verb("identity.key.revoked", _("revoked a key")),
    ),
    jobs=(
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
