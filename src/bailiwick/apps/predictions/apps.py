from django.apps import AppConfig


class PredictionsConfig(AppConfig):
    name = "bailiwick.apps.predictions"
    label = "predictions"
