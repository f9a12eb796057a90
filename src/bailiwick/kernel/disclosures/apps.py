from django.apps import AppConfig


class DisclosuresConfig(AppConfig):
    name = "bailiwick.kernel.disclosures"
    label = "disclosures"
