from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "bailiwick.kernel.identity"
    label = "identity"
