"""The way back from a provider."""

import secrets
from dataclasses import asdict
from functools import partial
from hmac import compare_digest
from typing import Any
from uuid import UUID

from django.core.cache import cache
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt

from bailiwick.kernel.access.refusals import note_refusal
from bailiwick.kernel.base.callers import caller_of
from bailiwick.kernel.base.errors import DomainError, NotFound
from bailiwick.kernel.base.rights import OPEN
from bailiwick.kernel.federation.actions.accounts import (
    record_refused_sign_in,
    sign_in_vouched,
    spend_assertion,
)
from bailiwick.kernel.federation.choices import ProviderKind
from bailiwick.kernel.federation.errors import NotVouched
from bailiwick.kernel.federation.gateways import oidc, saml
from bailiwick.kernel.federation.models import Provider
from bailiwick.kernel.federation.queries.peers import oidc_client, saml_peer
from bailiwick.kernel.federation.queries.providers import find_place, find_way_in
from bailiwick.kernel.federation.values import Asserted, SamlPeer, Vouched
from bailiwick.kernel.federation.web.journeys import come_back, count_call
from bailiwick.kernel.identity.actions import Entered
from bailiwick.kernel.identity.web.door import enter_session, welcome
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.web.pages import Page

HANDED_OVER = 120
"""Seconds between an answer's arrival from elsewhere and the same browser's next step."""


def callback_of(request: HttpRequest, provider_id: UUID) -> str:
    """Where an OpenID provider sends people back to."""
    return request.build_absolute_uri(reverse("federation:oidc-callback", args=[provider_id]))


def peer_of(request: HttpRequest, provider: Provider) -> SamlPeer:
    own = (
        request.build_absolute_uri(reverse(name, args=[provider.id]))
        for name in ("federation:saml-metadata", "federation:saml-answer")
    )
    return saml_peer(provider, *own)


def arrive(request: HttpRequest, entered: Entered, destination: str) -> HttpResponse:
    enter_session(request, entered.session, entered.user)
    return welcome(request, redirect(destination), entered)


def refuse_answer(page: Page, failure: DomainError, provider: Provider) -> HttpResponse:
    """Say that it did not work, and record why for those who keep the provider."""
    request: Any = page.request
    note_refusal(request, failure)
    why = failure.why if isinstance(failure, NotVouched) else failure.code
    place = {"organization_id": provider.organization_id, "provider_id": provider.id}
    request.refusals.append(partial(record_refused_sign_in, **place, why=why, request_id=request.request_id))
    page.template_name = "federation/refused.html"  # type: ignore[misc]
    return page.show(status=failure.status, sentence=str(failure), provider=provider)


class Answer(Page):
    """What the addresses share that a provider sends browsers to; the id in them says whose they are."""

    right = OPEN

    def way_in(self, provider_id: UUID, kind: ProviderKind) -> Provider:
        """Raises NotFound."""
        organization_id = find_place(provider_id)
        if organization_id is None:
            raise NotFound
        with enter(organization_id, request_id=self.request.request_id):  # type: ignore[attr-defined]
            provider = find_way_in(provider_id, kind)
        if provider is None:
            raise NotFound
        return provider

    def let_in(self, provider: Provider, vouched: Vouched, destination: str) -> HttpResponse:
        entered = sign_in_vouched(
            organization_id=provider.organization_id,
            provider_id=provider.id,
            vouched=vouched,
            caller=caller_of(self.request),
            request_id=self.request.request_id,  # type: ignore[attr-defined]
        )
        return arrive(self.request, entered, destination)


class OidcCallback(Answer):
    """Back from an OpenID provider, with a code that only we can use."""

    def get(self, request: HttpRequest, provider_id: UUID) -> HttpResponse:
        provider = self.way_in(provider_id, ProviderKind.OIDC)
        count_call(request)
        try:
            kept = come_back(request, provider_id)
            vouched = oidc.finish(oidc_client(provider, callback_of(request, provider_id)), kept, request.GET.dict())
            with transaction.atomic():
                return self.let_in(provider, vouched, kept["next"])
        except DomainError as failure:
            return refuse_answer(self, failure, provider)


class SamlMetadata(Answer):
    """Who we are to a SAML provider, for whoever keeps it."""

    def get(self, request: HttpRequest, provider_id: UUID) -> HttpResponse:
        provider = self.way_in(provider_id, ProviderKind.SAML)
        described = saml.describe(peer_of(request, provider))
        return HttpResponse(described, content_type="application/samlmetadata+xml")


@method_decorator(csrf_exempt, name="dispatch")
class SamlAnswer(Answer):
    """Takes an assertion, posted from elsewhere and so without our cookie.

    It is checked whole here, and handed over to the browser that asked by its next step, which brings the cookie.
    """

    http_method_names = ["post"]

    def post(self, request: HttpRequest, provider_id: UUID) -> HttpResponse:
        provider = self.way_in(provider_id, ProviderKind.SAML)
        count_call(request)
        try:
            asserted = saml.read_answer(peer_of(request, provider), request.POST.get("SAMLResponse", ""))
        except DomainError as failure:
            return refuse_answer(self, failure, provider)
        key = secrets.token_urlsafe(32)
        handed = asdict(asserted) | {"relay": request.POST.get("RelayState", "")[:200]}
        cache.set(_name(provider_id, key), handed, HANDED_OVER)
        return redirect(f"{reverse('federation:saml-finish', args=[provider_id])}?answer={key}")


class SamlFinish(Answer):
    """The second step of the browser that asked."""

    def get(self, request: HttpRequest, provider_id: UUID) -> HttpResponse:
        provider = self.way_in(provider_id, ProviderKind.SAML)
        try:
            kept = come_back(request, provider_id)
            asserted = self._handed_over(provider_id, kept["request"], kept["relay"])
            with transaction.atomic():
                place = {"organization_id": provider.organization_id, "provider_id": provider.id}
                spend_assertion(**place, asserted=asserted)
                return self.let_in(provider, asserted.vouched, kept["next"])
        except DomainError as failure:
            return refuse_answer(self, failure, provider)

    def _handed_over(self, provider_id: UUID, request_id: str, relay: str) -> Asserted:
        """What was posted in answer to this browser's request; raises NotVouched."""
        name = _name(provider_id, self.request.GET.get("answer", ""))
        handed = cache.get(name)
        if not handed or not cache.delete(name):
            raise NotVouched("no answer was handed over")
        if not compare_digest(handed.pop("relay").encode(), relay.encode()):
            raise NotVouched("relay state")
        vouched = Vouched(**handed.pop("vouched"))
        asserted = Asserted(vouched=vouched, **handed)
        if not compare_digest(asserted.request_id.encode(), request_id.encode()):
            raise NotVouched("the answer is to another request")
        return asserted


def _name(provider_id: UUID, key: str) -> str:
    return f"saml:{provider_id}:{key[:64]}"
