from django.db.models import CharField, Value
from django.db.models.functions import Cast, Concat
from django.db.models.functions import Right as Ending
from django.utils.translation import gettext_lazy as _

from bailiwick.kernel.base.manifest import JobKind, Manifest, NavigationItem, Personal, Right, Verb

MAIL_LINKS = "identity.links"
MAIL_NOTICE = "identity.notice"
MAIL_ADDRESS_LINK = "identity.address_link"

POLICY = "identity.policy"
REGISTER = "identity.register"
RECOVER = "identity.recover"
ISSUE_KEYS = "identity.keys.issue"
REVOKE_KEYS = "identity.keys.revoke"
SEE_PEOPLE = (REGISTER, "access.manage", "members.offboard")
"""One of these shows who works here; what can be done there is a matter of each."""

MANIFEST = Manifest(
    app="identity",
    rights=(
        Right(POLICY, _("Say how people sign in")),
        Right(REGISTER, _("Register people and hand out tickets")),
        Right(RECOVER, _("Approve that somebody gets a new key")),
        Right(ISSUE_KEYS, _("Issue keys of programs")),
        Right(REVOKE_KEYS, _("Revoke keys of programs")),
    ),
    navigation=(
        NavigationItem(_("Signing in"), _("Signing in"), "identity:policy", "lock", POLICY, rank=4, is_setting=True),
        NavigationItem(_("People"), _("People"), "identity:people", "users", SEE_PEOPLE, rank=2, is_setting=True),
        NavigationItem(
            _("People"), _("Lost keys"), "identity:recoveries", "lifebuoy", (REGISTER, RECOVER), rank=2, is_setting=True
        ),
        NavigationItem(
            _("Access"),
            _("Keys of programs"),
            "identity:keys",
            "key",
            (ISSUE_KEYS, REVOKE_KEYS),
            rank=3,
            is_setting=True,
        ),
    ),
    verbs=(
        Verb("identity.sign_in.succeeded", _("signed in")),
        Verb("identity.sign_in.failed", _("failed to sign in")),
        Verb("identity.session.ended", _("signed out")),
        Verb("identity.session.switched", _("came from another organisation")),
        Verb("identity.break_glass.used", _("came in by the break-glass")),
        Verb("identity.session.replayed", _("presented a token twice, which ended its session")),
        Verb("identity.session.confirmed", _("showed again who they are")),
        Verb("identity.device.added", _("came from a new device")),
        Verb("identity.policy.changed", _("changed how people sign in")),
        Verb("identity.passkey.added", _("added a passkey")),
        Verb("identity.passkey.renamed", _("renamed a passkey")),
        Verb("identity.passkey.removed", _("removed a passkey")),
        Verb("identity.application.added", _("set up an authenticator application")),
        Verb("identity.application.removed", _("removed an authenticator application")),
        Verb("identity.recovery_codes.made", _("made recovery codes")),
        Verb("identity.password.changed", _("changed the password")),
        Verb("identity.password.asked", _("was mailed a link to a new password")),
        Verb("identity.password.reset", _("set a new password by a mailed link")),
        Verb("identity.person.changed", _("changed who they are")),
        Verb("identity.address.asked", _("was mailed a link to confirm the mail address")),
        Verb("identity.address.confirmed", _("confirmed the mail address")),
        Verb("identity.member.added", _("added a member")),
        Verb("identity.member.ended", _("ended a membership")),
        Verb("identity.member.resumed", _("took somebody back")),
        Verb("identity.member.changed", _("changed what the organisation calls somebody, or to whom they report")),
        Verb("identity.person.registered", _("registered a person")),
        Verb("identity.ticket.made", _("made a ticket")),
        Verb("identity.ticket.revoked", _("revoked a ticket")),
        Verb("identity.ticket.used", _("used a ticket")),
        Verb("identity.ticket.refused", _("was refused with a ticket")),
        Verb("identity.recovery.asked", _("asked for a recovery")),
        Verb("identity.recovery.approved", _("approved a recovery")),
        Verb("identity.recovery.refused", _("refused a recovery")),
        Verb("identity.secrets.resealed", _("sealed secrets by the newest key")),
        Verb("identity.key.issued", _("issued a key")),
        Verb("identity.key.rotated", _("rotated a key")),
        Verb("identity.key.changed", _("changed a key")),
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
            MAIL_NOTICE,
            _("Mail what happened to an account"),
            run="bailiwick.kernel.identity.tasks.mail_notice",
            time_limit=120,
            at_once=4,
        ),
        JobKind(
            MAIL_ADDRESS_LINK,
            _("Mail a link to confirm a mail address"),
            run="bailiwick.kernel.identity.tasks.mail_address_link",
            time_limit=120,
            at_once=4,
        ),
        JobKind(
            "identity.expired",
            _("Remove expired sessions"),
            run="bailiwick.kernel.identity.tasks.purge_expired",
            time_limit=600,
            every=6 * 3600,
            is_for_installation=True,
        ),
    ),
    personal=(
        Personal(
            "identity.member",
            _("Name, department and employee number"),
            {
                "name": Concat(Value("Former member "), Ending(Cast("id", CharField()), 8)),
                "department": "",
                "employee_id": "",
            },
            member="id",
        ),
        Personal("identity.session", _("From which browser and address they came in"), {"agent": "", "address": None}),
        Personal("identity.recovery", _("What was said when they lost a key"), {"reason": ""}),
    ),
    kinds={
        "identity.user": _("Account"),
        "identity.member": _("Person"),
        "identity.recovery": _("Lost key"),
        "identity.ticket": _("Ticket"),
        "identity.passkey": _("Passkey"),
        "identity.totp": _("Authenticator app"),
        "identity.recoverycode": _("Recovery code"),
        "identity.device": _("Browser"),
        "identity.apikey": _("API key"),
        "identity.signinpolicy": _("Rules of signing in"),
        "identity.session": _("Session"),
    },
)
