from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "bailiwick.kernel.access"
    label = "access"
