from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "bailiwick.kernel.jobs"
    label = "jobs"
