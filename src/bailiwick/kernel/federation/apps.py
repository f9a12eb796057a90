from django.apps import AppConfig


class FederationConfig(AppConfig):
    name = "bailiwick.kernel.federation"
    label = "federation"
