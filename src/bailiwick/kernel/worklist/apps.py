from django.apps import AppConfig


class WorklistConfig(AppConfig):
    name = "bailiwick.kernel.worklist"
    label = "worklist"
