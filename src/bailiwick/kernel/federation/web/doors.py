"""An organisation's own door, and the way to it by mail address."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from bailiwick.kernel.access.refusals import note_refusal
from bailiwick.kernel.base.callers import caller_of
from bailiwick.kernel.base.errors import DomainError, NotFound
from bailiwick.kernel.base.rights import MEMBER, OPEN
from bailiwick.kernel.federation.actions.accounts import sign_in_vouched
from bailiwick.kernel.federation.choices import ProviderKind
from bailiwick.kernel.federation.gateways import ldap, oidc, saml
from bailiwick.kernel.federation.models import Provider
from bailiwick.kernel.federation.queries.peers import oidc_client
from bailiwick.kernel.federation.queries.providers import find_route, find_way_in, find_way_in_of, list_ways_in
from bailiwick.kernel.federation.values import Journey, Vouched
from bailiwick.kernel.federation.web.answers import arrive, callback_of, peer_of, refuse_answer
from bailiwick.kernel.federation.web.forms import DirectoryForm, RouteForm
from bailiwick.kernel.federation.web.journeys import count_call, set_out
from bailiwick.kernel.identity.choices import Method
from bailiwick.kernel.identity.entry import attempt
from bailiwick.kernel.identity.errors import InvalidCredentials
from bailiwick.kernel.identity.web.door import SignIn, destination
from bailiwick.kernel.tenancy.models import Organization
from bailiwick.kernel.tenancy.queries import find_organization
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.web.pages import Page


class Route(SignIn):
    """From a mail address to the door of whoever proved its domain; any other address is answered alike."""

    right = OPEN
    template_name = "federation/route.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(form=RouteForm(), next=self._destination())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = RouteForm(request.POST)
        if not form.is_valid():
            return self.show(status=422, form=form, next=self._destination())
        count_call(request)
        slug = find_route(form.cleaned_data["mail"])
        if not slug:
            return self.show(form=form, next=self._destination(), is_unknown=True)
        return redirect(f"{reverse('federation:door', args=[slug])}?{urlencode({'next': self._destination()})}")


class Door(SignIn):
    """The ways in that an organisation keeps itself. One that keeps none has the common door."""

    right = OPEN
    template_name = "federation/door.html"
    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:  # type: ignore[override]
        if request.actor is not None:  # type: ignore[attr-defined]
            return redirect(self._destination())
        return self.show_door(slug)

    def show_door(self, slug: str, *, status: int = 200, tried: UUID | None = None, **more: Any) -> HttpResponse:
        with self.place(slug) as organization:
            ways = list_ways_in() if organization else []
        if not ways:
            return redirect(f"{reverse('identity:login')}?{urlencode({'next': self._destination()})}")
        directories = [
            (way, more.get("form") if way.id == tried else DirectoryForm(auto_id=f"id_{number}_%s"))
            for number, way in enumerate(ways)
            if way.kind == ProviderKind.LDAP
        ]
        others = [way for way in ways if way.kind != ProviderKind.LDAP]
        shown = {"organization": organization, "others": others, "directories": directories}
        return self.show(status=status, next=self._destination(), **shown, fault=more.get("fault", ""))

    @contextmanager
    def place(self, slug: str) -> Iterator[Organization | None]:
        """In the scope of the organisation of this door, if there is one."""
        organization = find_organization(slug)
        if organization is None or not organization.is_active:
            yield None
            return
        with enter(organization.id, request_id=self.request.request_id):  # type: ignore[attr-defined]
            yield organization

    def way_in(self, slug: str, provider_id: UUID, *kinds: ProviderKind) -> Provider:
        """Raises NotFound for a provider that is not this organisation's, or closed."""
        with self.place(slug) as organization:
            provider = find_way_in(provider_id, *kinds) if organization else None
        if provider is None:
            raise NotFound
        return provider


class ShowAgain(Page):
    """For whoever came in by a provider and has to show again who they are: back to it, which is asked to ask."""

    right = MEMBER

    def get(self, request: HttpRequest) -> HttpResponse:
        provider = find_way_in_of(self.actor)
        if provider is None:
            raise NotFound
        query = urlencode({"again": "1", "next": destination(request, "identity:security")})
        return redirect(f"{reverse('federation:provided', args=[provider.organization.slug, provider.id])}?{query}")


class Provided(Door):
    """One way in: off to the provider, or login and password where a directory knows them."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, slug: str, provider_id: UUID) -> HttpResponse:  # type: ignore[override]
        provider = self.way_in(slug, provider_id)
        is_in, is_again = request.actor is not None, "again" in request.GET  # type: ignore[attr-defined]
        if is_again and provider.kind == ProviderKind.LDAP:
            return self.show_door(slug)
        if provider.kind == ProviderKind.LDAP or (is_in and not is_again):
            return redirect(f"{reverse('federation:door', args=[slug])}?{urlencode({'next': self._destination()})}")
        count_call(request)
        try:
            journey = self._begin(provider, is_again)
        except DomainError as failure:
            return refuse_answer(self, failure, provider)
        set_out(request, provider, journey, self._destination())
        return redirect(journey.url)

    def _begin(self, provider: Provider, is_again: bool) -> Journey:
        if provider.kind == ProviderKind.OIDC:
            return oidc.begin(oidc_client(provider, callback_of(self.request, provider.id)), is_again=is_again)
        return saml.begin(peer_of(self.request, provider), secrets.token_urlsafe(32), is_again=is_again)

    def post(self, request: HttpRequest, slug: str, provider_id: UUID) -> HttpResponse:  # type: ignore[override]
        provider = self.way_in(slug, provider_id, ProviderKind.LDAP)
        form = DirectoryForm(request.POST, auto_id="id_tried_%s")
        if not form.is_valid():
            return self.show_door(slug, status=422, tried=provider_id, form=form)
        try:
            vouched = self._ask(provider, **form.cleaned_data)
            with transaction.atomic():
                entered = sign_in_vouched(
                    organization_id=provider.organization_id,
                    provider_id=provider.id,
                    vouched=vouched,
                    caller=caller_of(request),
                    request_id=request.request_id,  # type: ignore[attr-defined]
                )
        except DomainError as refusal:
            note_refusal(request, refusal)
            status = refusal.status if refusal.status == 429 else 422
            return self.show_door(slug, status=status, tried=provider_id, form=form, fault=str(refusal))
        return arrive(request, entered, self._destination())

    def _ask(self, provider: Provider, login: str, password: str) -> Vouched:
        """Whom the directory knows by these; a login is one of this directory, and counted as such."""
        with attempt(self.request, login, password, place=provider.organization_id):
            with enter(provider.organization_id):
                vouched = ldap.authenticate(provider, login, password)
            if vouched is None:
                raise InvalidCredentials(method=Method.PROVIDER, why="directory")
        return vouched
