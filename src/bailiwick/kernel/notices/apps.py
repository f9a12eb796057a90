from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "bailiwick.kernel.notices"
    label = "notices"
