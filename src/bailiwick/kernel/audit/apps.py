from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AuditConfig(AppConfig):
    name = "bailiwick.kernel.audit"
    label = "audit"
    verbose_name = _("Trail and proof")

    def ready(self) -> None:
        from bailiwick.kernel.audit import checks  # noqa: F401  registers the system checks
