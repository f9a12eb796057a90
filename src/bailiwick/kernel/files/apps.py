from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "bailiwick.kernel.files"
    label = "files"
