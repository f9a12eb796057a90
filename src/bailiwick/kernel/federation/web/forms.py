"""What is asked of whoever adds a provider or a domain, and of whoever comes to an organisation's own door."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from bailiwick.kernel.federation.choices import ProviderKind
from bailiwick.kernel.federation.models import Provider

WALK, CHAIN, NONE = "walk", "chain", "none"


class RouteForm(forms.Form):
    mail = forms.CharField(
        label=_("Mail address at your organisation"),
        max_length=254,
        widget=forms.EmailInput({"autocomplete": "email", "autofocus": True}),
    )


class DirectoryForm(forms.Form):
    login = forms.CharField(
        label=_("Login at your organisation"),
        max_length=150,
        widget=forms.TextInput({"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=1000,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
    )


class DomainForm(forms.Form):
    name = forms.CharField(
        label=_("Domain"),
        max_length=253,
        help_text=_("What stands behind the @ in your mail addresses. Each one is added by itself."),
        widget=forms.TextInput({"placeholder": "example.com", "autocapitalize": "none", "spellcheck": "false"}),
    )


def _secret(label: Any) -> forms.CharField:
    """Never shown again: an empty field leaves what is stored."""
    widget = forms.PasswordInput({"autocomplete": "off"}, render_value=False)
    return forms.CharField(label=label, max_length=2000, required=False, strip=False, widget=widget)


class ProviderForm(forms.Form):
    """What every kind of provider has; `own` names the settings of one kind."""

    own: ClassVar[tuple[str, ...]] = ()

    name = forms.CharField(
        label=_("Name"), max_length=100, help_text=_("Stands on the button: “Sign in with …”. Nobody else sees it.")
    )
    is_joining = forms.BooleanField(label=_("Whoever it vouches for may join"), required=False)

    def values(self) -> dict[str, Any]:
        """What the actions take."""
        given = self.cleaned_data
        return {
            "name": given["name"],
            "is_joining": given["is_joining"],
            "group_claim": given.get("group_claim", ""),
            "secret": given.get("secret", ""),
            "settings": {name: given[name] for name in self.own if given[name] != ""},
        }

    @classmethod
    def of(cls, provider: Provider) -> "ProviderForm":
        """The form as a provider fills it; its secret is not in it."""
        common = {"name": provider.name, "is_joining": provider.is_joining, "group_claim": provider.group_claim}
        return cls(initial=common | {name: provider.settings.get(name, "") for name in cls.own})


class OidcForm(ProviderForm):
    own = ("issuer", "client_id")

    issuer = forms.CharField(
        label=_("Issuer"),
        max_length=500,
        help_text=_("As the provider writes it, such as https://example.okta.com"),
        widget=forms.URLInput({"placeholder": "https://"}),
    )
    client_id = forms.CharField(label=_("Client ID"), max_length=300)
    secret = _secret(_("Client secret"))
    group_claim = forms.CharField(
        label=_("Claim with the groups"), max_length=200, required=False, help_text=_("Often “groups”. Empty: none.")
    )
    field_order = ["name", "issuer", "client_id", "secret", "group_claim", "is_joining"]


class SamlForm(ProviderForm):
    own = ("metadata",)

    metadata = forms.CharField(
        label=_("Metadata of the provider"),
        max_length=200_000,
        help_text=_("Their address, or the XML itself. When certificates change, give the new ones here."),
        widget=forms.Textarea({"rows": 5, "spellcheck": "false"}),
    )
    group_claim = forms.CharField(
        label=_("Attribute with the groups"),
        max_length=200,
        required=False,
        help_text=_("Often “groups”. Empty: none."),
    )
    field_order = ["name", "metadata", "group_claim", "is_joining"]

    @classmethod
    def of(cls, provider: Provider) -> "ProviderForm":
        form = super().of(provider)
        form.initial["metadata"] = ""
        return form


class LdapForm(ProviderForm):
    own = (
        "url",
        "is_starttls",
        "certificate",
        "base",
        "bind_dn",
        "user_filter",
        "identifier",
        "name_attribute",
        "email",
        "group_base",
        "group_name",
        "nesting",
    )

    url = forms.CharField(
        label=_("Address"), max_length=500, widget=forms.TextInput({"placeholder": "ldaps://directory.example.com"})
    )
    is_starttls = forms.BooleanField(label=_("Begin TLS after connecting (StartTLS)"), required=False)
    certificate = forms.CharField(
        label=_("Certificate of its authority"),
        max_length=20_000,
        required=False,
        help_text=_("PEM. Empty: those that the system trusts."),
        widget=forms.Textarea({"rows": 3, "spellcheck": "false"}),
    )
    base = forms.CharField(label=_("Where people are"), max_length=500, help_text=_("ou=people,dc=example,dc=com"))
    bind_dn = forms.CharField(label=_("We ask as"), max_length=500, required=False)
    secret = _secret(_("Password for that"))
    user_filter = forms.CharField(
        label=_("Filter for people"),
        max_length=500,
        initial="(uid={login})",
        help_text=_("{login} is what was typed. Active Directory: (sAMAccountName={login})"),
    )
    identifier = forms.CharField(
        label=_("Attribute by which people are known for good"),
        max_length=100,
        initial="entryUUID",
        help_text=_("Active Directory: objectGUID"),
    )
    name_attribute = forms.CharField(label=_("Attribute with the name"), max_length=100, initial="displayName")
    email = forms.CharField(label=_("Attribute with the mail address"), max_length=100, initial="mail")
    group_base = forms.CharField(label=_("Where groups are"), max_length=500, required=False)
    group_claim = forms.CharField(
        label=_("Filter for groups"),
        max_length=200,
        required=False,
        help_text=_("{dn} is the person, or the group inside. Empty: (member={dn})"),
    )
    group_name = forms.CharField(label=_("Attribute with the group's name"), max_length=100, initial="cn")
    nesting = forms.ChoiceField(
        label=_("Groups in groups"),
        initial=WALK,
        choices=[
            (WALK, _("are followed")),
            (CHAIN, _("are followed by Active Directory itself")),
            (NONE, _("are not followed")),
        ],
    )
    field_order = ["name", *own[:5], "secret", *own[5:10], "group_claim", *own[10:], "is_joining"]

    def clean_user_filter(self) -> str:
        given = str(self.cleaned_data["user_filter"])
        if "{login}" not in given or not (given.startswith("(") and given.endswith(")")):
            raise forms.ValidationError(_("A filter stands in brackets and has {login} in it."))
        return given

    def values(self) -> dict[str, Any]:
        values = super().values()
        values["settings"]["name"] = values["settings"].pop("name_attribute")
        return values

    @classmethod
    def of(cls, provider: Provider) -> "ProviderForm":
        form = super().of(provider)
        form.initial["name_attribute"] = provider.settings.get("name", "displayName")
        return form


FORMS: dict[str, type[ProviderForm]] = {
    ProviderKind.OIDC: OidcForm,
    ProviderKind.SAML: SamlForm,
    ProviderKind.LDAP: LdapForm,
}


class GroupForm(forms.Form):
    """What a group of a directory means."""

    provider = forms.ChoiceField(label=_("Told by"), required=False)
    group = forms.CharField(
        label=_("Group"),
        max_length=500,
        help_text=_("As the directory writes it; groups inside it count as well."),
        widget=forms.TextInput({"autocapitalize": "none", "spellcheck": "false"}),
    )
    role = forms.ChoiceField(label=_("Role"), help_text=_("Only roles that you may give yourself are offered."))

    def __init__(self, data: Any = None, *, sources: list[tuple[str, str]], roles: list[tuple[str, str]]) -> None:
        super().__init__(data)
        self.fields["provider"].choices = sources  # type: ignore[attr-defined]
        self.fields["role"].choices = roles  # type: ignore[attr-defined]
