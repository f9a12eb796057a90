from django.apps import AppConfig


class MembersConfig(AppConfig):
    name = "bailiwick.kernel.members"
    label = "members"
