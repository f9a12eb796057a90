from django.utils.translation import gettext_lazy as _

from bailiwick.kernel.base.manifest import JobKind, Manifest

MANIFEST = Manifest(
    app="audit",
    jobs=(
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
