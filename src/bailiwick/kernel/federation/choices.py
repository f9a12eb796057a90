from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ProviderKind(TextChoices):
    """How an organisation's own sign-in speaks."""

    OIDC = "oidc", _("OpenID Connect")
    SAML = "saml", _("SAML 2.0")
    LDAP = "ldap", _("LDAP or Active Directory")
