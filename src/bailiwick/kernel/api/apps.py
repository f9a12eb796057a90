from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "bailiwick.kernel.api"
    label = "api"

    def ready(self) -> None:
        from bailiwick.kernel.api import checks, schema  # noqa: F401  registers checks and the schema extension
