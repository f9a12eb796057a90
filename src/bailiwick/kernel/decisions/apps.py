from django.apps import AppConfig


class DecisionsConfig(AppConfig):
    name = "bailiwick.kernel.decisions"
    label = "decisions"
