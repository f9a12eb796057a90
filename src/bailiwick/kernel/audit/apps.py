from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "bailiwick.kernel.audit"
    label = "audit"

    def ready(self) -> None:
        from bailiwick.kernel.audit import checks  # noqa: F401  registers the system checks
