from django.apps import AppConfig


class OperatorsConfig(AppConfig):
    name = "bailiwick.kernel.operators"
    default = True


class AdminPages(AppConfig):
    """The templates and styles of Django's admin, without its log: what is seen stands in the trail."""

    name = "django.contrib.admin"

    def import_models(self) -> None:
        assert self.apps
        self.models = self.apps.all_models[self.label]
