from django.utils.translation import gettext_lazy as _

from bailiwick.kernel.base.manifest import JobKind, Manifest

MANIFEST = Manifest(
    app="api",
    jobs=(
        JobKind(
            "api.idempotency",
            _("Remove kept answers"),
            run="bailiwick.kernel.api.tasks.purge_idempotency",
            time_limit=600,
            every=3600,
        ),
    ),
)
