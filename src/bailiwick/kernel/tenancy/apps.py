from django.apps import AppConfig


class TenancyConfig(AppConfig):
    name = "bailiwick.kernel.tenancy"
    label = "tenancy"

    def ready(self) -> None:
        from bailiwick.kernel.base import checks as production  # noqa: F401  base is no app of its own
        from bailiwick.kernel.base.moments import read_moments_fast
        from bailiwick.kernel.tenancy import checks  # noqa: F401  registers the system checks

        read_moments_fast()
