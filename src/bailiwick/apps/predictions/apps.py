from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PredictionsConfig(AppConfig):
    name = "bailiwick.apps.predictions"
    label = "predictions"
    verbose_name = _("Listings")
