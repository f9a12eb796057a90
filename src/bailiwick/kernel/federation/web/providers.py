"""The organisation's own ways in: their list, and the pages on which one is added, changed, tried and closed."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bailiwick.kernel.base.errors import DomainError, InvalidInput, NotFound
from bailiwick.kernel.federation.actions.providers import add_provider, change_provider, switch_provider
from bailiwick.kernel.federation.choices import ProviderKind
from bailiwick.kernel.federation.manifest import MANAGE
from bailiwick.kernel.federation.models import Provider
from bailiwick.kernel.federation.queries.peers import try_provider
from bailiwick.kernel.federation.queries.providers import (
    count_accounts,
    get_provider,
    list_providers,
    list_refusals,
)
from bailiwick.kernel.federation.web.answers import callback_of, peer_of
from bailiwick.kernel.federation.web.forms import FORMS, ProviderForm
from bailiwick.kernel.web.pages import Page, refuse_form
from bailiwick.kernel.web.tables import Column, ListPage
from bailiwick.kernel.web.templatetags import bailiwick as parts


@dataclass(frozen=True, slots=True)
class Shown:
    """A provider, and for how many people it has vouched."""

    provider: Provider
    people: int

    @property
    def pk(self) -> UUID:
        return self.provider.pk


class ProviderList(ListPage):
    """Every way in that the organisation has kept, newest first."""

    right = MANAGE
    template_name = "federation/providers.html"
    title = gettext_lazy("Providers")
    lead = gettext_lazy("Where your people sign in elsewhere. Whoever comes in so works in this organisation only.")
    nothing_yet = gettext_lazy("No provider yet")
    nothing_yet_hint = gettext_lazy("Add the service with which your people sign in to everything else.")
    caption = gettext_lazy("Providers, newest first")
    columns = (
        Column(
            gettext_lazy("Name"),
            lambda row: row.provider.name,
            link=lambda row: reverse("federation:provider", args=[row.provider.id]),
            classes="w",
            code="name",
        ),
        Column(gettext_lazy("Kind"), lambda row: row.provider.get_kind_display(), code="kind"),
        Column(
            gettext_lazy("State"),
            lambda row: state_of(row.provider),
            code="state",
            classes="c-2 nowrap",
        ),
        Column(
            gettext_lazy("People"),
            lambda row: parts.figure(row.people),
            code="people",
            classes="num c-hide",
            value=lambda row: row.people,
        ),
        Column(
            gettext_lazy("Added"),
            lambda row: parts.ago(row.provider.created_at),
            code="added",
            classes="c-hide nowrap dim",
            value=lambda row: row.provider.created_at,
        ),
    )

    def rows(self) -> QuerySet[Provider]:
        return list_providers(self.actor)

    def present(self, rows: list[Any]) -> Iterable[Shown]:
        people = count_accounts(self.actor, [row.id for row in rows])
        return [Shown(row, people[row.id]) for row in rows]


def state_of(provider: Provider) -> Any:
    if not provider.is_active:
        return parts.state("end", _("Closed"))
    return parts.state("late", _("Does not answer")) if provider.sync_error else parts.state("good", _("Open"))


class ProviderPage(Page):
    """What the pages of one provider share."""

    right = MANAGE
    navigation_name = "federation:providers"


class NewProvider(ProviderPage):
    """Adds a provider, by its kind."""

    template_name = "federation/provider_new.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        form_class = FORMS.get(request.GET.get("kind", ""))
        return self._show(form_class() if form_class else None, request.GET.get("kind", ""))

    def post(self, request: HttpRequest) -> HttpResponse:
        kind = request.POST.get("kind", "")
        if kind not in FORMS:
            raise NotFound
        form = FORMS[kind](request.POST)
        if form.is_valid():
            try:
                with transaction.atomic():
                    provider = add_provider(actor=self.actor, kind=kind, **form.values())
            except InvalidInput as refusal:
                refuse_form(form, refusal)
            else:
                self.tell(_("The way in is open. Try it before you tell anybody."))
                return redirect("federation:provider", provider.id)
        return self._show(form, kind, status=422)

    def _show(self, form: ProviderForm | None, kind: str, status: int = 200) -> HttpResponse:
        title = dict(ProviderKind.choices).get(kind, "")
        return self.show(status=status, form=form, kind=kind, kind_title=title, kinds=ProviderKind.choices)


class OneProvider(ProviderPage):
    """What a provider is, what it has to know of us, what was refused of it; its settings."""

    template_name = "federation/provider.html"

    def get(self, request: HttpRequest, provider_id: UUID) -> HttpResponse:
        provider = get_provider(self.actor, provider_id)
        return self.show_provider(provider)

    def post(self, request: HttpRequest, provider_id: UUID) -> HttpResponse:
        provider = get_provider(self.actor, provider_id)
        form = FORMS[provider.kind](request.POST)
        if "metadata" in form.fields:
            form.fields["metadata"].required = False
        if form.is_valid():
            try:
                with transaction.atomic():
                    change_provider(actor=self.actor, provider_id=provider_id, **form.values())
            except InvalidInput as refusal:
                refuse_form(form, refusal)
            else:
                self.tell(_("The settings are stored."))
                return redirect("federation:provider", provider_id)
        return self.show_provider(provider, form=form, status=422)

    def show_provider(self, provider: Provider, *, status: int = 200, **more: Any) -> HttpResponse:
        form = more.pop("form", None) or FORMS[provider.kind].of(provider)
        if "metadata" in form.fields:
            form.fields["metadata"].required = False
        return self.show(
            status=status,
            provider=provider,
            state=state_of(provider),
            form=form,
            ours=ours(self.request, provider),
            people=count_accounts(self.actor, [provider.id])[provider.id],
            refusals=list_refusals(self.actor, provider.id),
            **more,
        )


def ours(request: HttpRequest, provider: Provider) -> list[tuple[str, str]]:
    """What the administrator of the provider has to enter there."""
    if provider.kind == ProviderKind.OIDC:
        return [(_("Redirect address"), callback_of(request, provider.id))]
    if provider.kind == ProviderKind.SAML:
        peer = peer_of(request, provider)
        return [
            (_("Metadata, and our entity ID"), peer.own_entity_id),
            (_("Answer address (ACS)"), peer.own_answer_url),
        ]
    return []


class TryProvider(OneProvider):
    """Asks the provider now whether it answers as its settings say."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, provider_id: UUID) -> HttpResponse:
        provider = get_provider(self.actor, provider_id)
        return self.show_provider(provider, findings=try_provider(provider))


class SwitchProvider(OneProvider):
    """Closes a way in, or opens it again."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, provider_id: UUID) -> HttpResponse:
        is_active = request.POST.get("is_active") == "true"
        try:
            with transaction.atomic():
                switch_provider(actor=self.actor, provider_id=provider_id, is_active=is_active)
        except InvalidInput as refusal:
            return self.show_provider(get_provider(self.actor, provider_id), status=422, fault=first_of(refusal))
        self.tell(_("The way in is open again.") if is_active else _("The way in is closed, and its sessions ended."))
        return redirect("federation:provider", provider_id)


def first_of(refusal: DomainError) -> str:
    return str(next(iter(refusal.data["errors"].values()))[0])
