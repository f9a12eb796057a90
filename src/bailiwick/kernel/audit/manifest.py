from django.utils.translation import gettext_lazy as _

from bailiwick.kernel.base.manifest import JobKind, Manifest, Right, Role

READ, READ_SENSITIVE = "audit.read", "audit.read_sensitive"
ANCHOR, RETAIN = "audit.anchor", "audit.retain"

MANIFEST = Manifest(
    app="audit",
    rights=(
        Right(READ, _("Read the trail, and verify it")),
        Right(READ_SENSITIVE, _("Read what the trail hides: addresses, and what says who somebody is")),
        Right(ANCHOR, _("Decide where seals are kept outside")),
        Right(RETAIN, _("Decide how long the trail is kept, and place legal holds")),
    ),
    roles=(
        Role("auditor", _("Auditor"), (READ, READ_SENSITIVE, "disclosures.read", "access.explain")),
        Role(
            "privacy-officer",
            _("Privacy officer"),
            (READ, READ_SENSITIVE, RETAIN, "disclosures.read", "disclosures.review"),
        ),
    ),
    jobs=(
        JobKind(
            "audit.seal",
            _("Seal the trail"),
            run="bailiwick.kernel.audit.tasks.seal",
            every=60,
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
)
