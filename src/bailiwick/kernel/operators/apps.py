from django.apps import AppConfig


class OperatorsConfig(AppConfig):
    name = "bailiwick.kernel.operators"
