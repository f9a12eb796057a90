from django.utils.translation import gettext_lazy as _

from bailiwick.kernel.base.manifest import (
    FilePurpose,
    JobKind,
    Manifest,
    NavigationItem,
    Personal,
    Purpose,
    Queue,
    Right,
    Role,
    Sensitive,
    Verb,
)
from bailiwick.kernel.base.rights import MEMBER

INVITE, REVIEW, OFFBOARD = "members.invite", "members.review", "members.offboard"
EXPORT, ERASE = "members.export", "members.erase"

REVIEW_QUEUE = Queue(
    code="members.reviews",
    title=_("Access reviews"),
    right=MEMBER,
    url_name="members:review-next",
    lease=1800,
    service_level=14 * 86_400,
)
"""For whomever an item is assigned to, whatever else they may."""

MAIL_INVITATION = "members.invitation"
"""The job that makes the link of an invitation and mails it."""
PERSONAL_FILE = "members.export"
"""The job that writes down what is known of somebody, and what its files are kept for."""
PERSON = "identity.member"
"""The kind of record that is read where somebody looks up what is known of a person."""
ON_REQUEST, AS_OWN, TO_EXPORT = "request", "own", "export"
"""What it is read for."""

MANIFEST = Manifest(
    app="members",
    roles=(Role("people-manager", _("People manager"), ("identity.register", INVITE, OFFBOARD, "access.explain")),),
    rights=(
        Right(INVITE, _("Invite people")),
        Right(REVIEW, _("Start access reviews and read their reports")),
        Right(OFFBOARD, _("Let people go")),
        Right(EXPORT, _("Export what is known of a person")),
        Right(ERASE, _("Erase people who have left")),
    ),
    navigation=(
        NavigationItem(_("People"), _("Invitations"), "members:invitations", "mail", INVITE, rank=2, is_setting=True),
        NavigationItem(
            _("Access"), _("Access reviews"), "members:reviews", "user-check", REVIEW, rank=3, is_setting=True
        ),
    ),
    queues=(REVIEW_QUEUE,),
    verbs=(
        Verb("members.invitation.sent", _("invited somebody")),
        Verb("members.invitation.renewed", _("made a new link of an invitation")),
        Verb("members.invitation.withdrawn", _("withdrew an invitation")),
        Verb("members.invitation.accepted", _("joined by invitation")),
        Verb("members.member.left", _("let somebody go")),
        Verb("members.review.started", _("started an access review")),
        Verb("members.review.closed", _("closed an access review")),
        Verb("members.reviewed.decided", _("confirmed or ended somebody's grants")),
        Verb("members.hold.placed", _("placed a retention hold")),
        Verb("members.hold.lifted", _("lifted a retention hold")),
        Verb("members.member.exported", _("exported what is known of somebody")),
        Verb("members.member.erased", _("erased somebody")),
    ),
    jobs=(
        JobKind(
            MAIL_INVITATION,
            _("Mail an invitation"),
            run="bailiwick.kernel.members.tasks.mail_invitation",
            time_limit=120,
            at_once=4,
        ),
        JobKind(PERSONAL_FILE, _("Export of personal data"), run="bailiwick.kernel.members.tasks.run_export"),
    ),
    files=(FilePurpose(PERSONAL_FILE, _("Personal data"), kinds=("jsonl",), kept=7 * 86_400),),
    personal=(Personal("members.invitation", _("How they were invited"), {"email": "", "name": "", "department": ""}),),
    sensitives=(
        Sensitive(
            PERSON,
            _("Personal data"),
            purposes=(
                Purpose(ON_REQUEST, _("Answer about what is known")),
                Purpose(AS_OWN, _("One's own data")),
                Purpose(TO_EXPORT, _("Export")),
            ),
            find="bailiwick.kernel.members.queries.personal.find_known_by",
            role="",
            url_name="members:data",
        ),
    ),
    leaving="bailiwick.kernel.members.actions.leaving.clear_up",
    kinds={
        "members.invitation": _("Invitation"),
        "members.retentionhold": _("Hold on a person"),
        "members.erasure": _("Erasure"),
        "members.accessreview": _("Access review"),
        "members.reviewedmember": _("Person under review"),
        "members.reviewedgrant": _("Grant under review"),
    },
)
