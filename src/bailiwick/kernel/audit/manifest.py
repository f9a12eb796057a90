from django.utils.translation import gettext_lazy as _

from bailiwick.kernel.base.manifest import FilePurpose, JobKind, Manifest, NavigationItem, Right, Verb

READ, READ_SENSITIVE = "audit.read", "audit.read_sensitive"
ANCHOR, RETAIN = "audit.anchor", "audit.retain"

ANCHOR_NOW, VERIFY, BUNDLE = "audit.anchor_now", "audit.verify", "audit.bundle"
"""The jobs of the proof page; files of the last are kept for the same purpose."""

MANIFEST = Manifest(
    app="audit",
    rights=(
        Right(READ, _("Read the trail, and verify it")),
        Right(READ_SENSITIVE, _("Read what the trail hides: addresses, and what says who somebody is")),
        Right(ANCHOR, _("Decide where seals are kept outside")),
        Right(RETAIN, _("Decide how long the trail is kept, and place legal holds")),
    ),
    verbs=(
        Verb("audit.seal.anchored", _("put a seal outside")),
        Verb("audit.anchor_policy.changed", _("changed where seals are kept")),
        Verb("audit.trail.verified", _("verified the trail")),
        Verb("audit.period.changed", _("changed how long the trail is kept")),
        Verb("audit.hold.placed", _("placed a legal hold on the trail")),
        Verb("audit.hold.lifted", _("lifted a legal hold on the trail")),
    ),
    files=(FilePurpose(BUNDLE, _("Bundle of the trail"), kinds=("jsonl",), right=READ_SENSITIVE, kept=7 * 86_400),),
    navigation=(
        NavigationItem(_("Organisation"), _("Trail"), "audit:events", "history", READ, rank=2),
        NavigationItem(_("Organisation"), _("Proof"), "audit:proof", "rosette-discount-check", READ, rank=2),
        NavigationItem(_("Proof"), _("Retention"), "audit:retention", "archive", RETAIN, rank=5, is_setting=True),
    ),
    jobs=(
        JobKind(
            "audit.anchor",
            _("Put the newest seal outside"),
            run="bailiwick.kernel.audit.web.anchoring.anchor_when_due",
            time_limit=300,
            every=3600,
        ),
        JobKind(
            ANCHOR_NOW,
            _("Put the newest seal outside, now"),
            run="bailiwick.kernel.audit.web.anchoring.anchor_now",
            right=ANCHOR,
            tries=3,
            time_limit=300,
        ),
        JobKind(VERIFY, _("Verify the trail"), run="bailiwick.kernel.audit.web.proving.run_verification", right=READ),
        JobKind(
            BUNDLE,
            _("Bundle of the trail"),
            run="bailiwick.kernel.audit.web.proving.run_bundle",
            right=READ_SENSITIVE,
        ),
        JobKind(
            "audit.seal",
            _("Seal the trail"),
            run="bailiwick.kernel.audit.tasks.seal",
            every=60,
            is_for_installation=True,
        ),
        JobKind(
            "audit.retain",
            _("Remove what is kept no longer"),
            run="bailiwick.kernel.audit.tasks.remove_old_rows",
            time_limit=4 * 3600,
            every=24 * 3600,
            is_for_installation=True,
        ),
        JobKind(
            "audit.partitions",
            _("Make room for the months to come"),
            run="bailiwick.kernel.audit.tasks.create_partitions",
            time_limit=600,
            every=12 * 3600,
            is_for_installation=True,
        ),
    ),
    kinds={
        "tenancy.organization": _("Organisation"),
        "audit.retentionperiod": _("Period of keeping"),
        "audit.legalhold": _("Legal hold"),
        "audit.removal": _("Removal"),
        "audit.amendment": _("Erasure in the trail"),
        "audit.anchorpolicy": _("Settings of anchors"),
        "audit.anchor": _("Anchor"),
        "audit.sensitivekind": _("Kind of sensitive record"),
    },
)
