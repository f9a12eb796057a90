from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "bailiwick.kernel.web"
    label = "web"
