from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OperatorsConfig(AppConfig):
    name = "bailiwick.kernel.operators"
    verbose_name = _("Operators of the installation")
