from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FederationConfig(AppConfig):
    name = "bailiwick.kernel.federation"
    label = "federation"
    verbose_name = _("The organisation's own sign-in")
