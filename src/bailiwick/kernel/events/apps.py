from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "bailiwick.kernel.events"
    label = "events"
