"""What a page is built on: a declared right, one action or query, and a template."""

import json
from functools import partial
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.contrib import messages
from django.db import transaction
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views import View

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.access.entry import check_form_organization
from bailiwick.kernel.access.errors import Forbidden
from bailiwick.kernel.audit.actions.reading import record_again, remembering
from bailiwick.kernel.base.errors import DomainError, InvalidInput
from bailiwick.kernel.base.rights import MEMBER, OPEN, Declared, right_for, rights_in
from bailiwick.kernel.web.errors import bad_request, is_partial, refuse


class Page(View):
    """One page. A handler calls one action or query with `self.actor` and shows a template.

    It runs inside a savepoint: a DomainError undoes what the action did and becomes the page that says so.
    """

    right: ClassVar[Declared]
    template_name: ClassVar[str] = ""
    partial_name: ClassVar[str] = ""
    """Shown alone where a script asks for it."""
    navigation_name: ClassVar[str] = ""
    """The URL name of the side bar's link that this page belongs to, where it is not its own."""

    http_method_names = ["get", "head", "post"]

    @property
    def actor(self) -> Actor:
        return self.request.actor  # type: ignore[attr-defined]

    @property
    def is_partial(self) -> bool:
        return is_partial(self.request)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if "%00" in request.META.get("QUERY_STRING", ""):
            return bad_request(request, ValueError())
        needed = right_for(self.right, request.method or "GET") or MEMBER
        if needed != OPEN and self.actor is None:
            return self._send_to_sign_in()
        request.navigation_name = self.navigation_name  # type: ignore[attr-defined]
        try:
            if needed not in (OPEN, MEMBER) and not self.actor.may(needed):
                raise Forbidden(right=rights_in(needed)[0])
            if request.method == "POST":
                check_form_organization(request)
            with transaction.atomic(), remembering() as readings:
                response = super().dispatch(request, *args, **kwargs)
        except DomainError as error:
            return refuse(request, error)
        if response.status_code >= 400 and readings:
            # A form with its faults shows its record, and is rolled back.
            request.refusals.append(partial(record_again, self.actor.organization_id, readings))  # type: ignore[attr-defined]
        return response

    def _send_to_sign_in(self) -> HttpResponse:
        if self.is_partial:
            return HttpResponse(status=401)
        query = f"?{urlencode({'next': self.request.get_full_path()})}" if self.request.method == "GET" else ""
        return redirect(reverse("identity:login") + query)

    def show(self, *, status: int = 200, **context: Any) -> HttpResponse:
        """The page, or its part; what was said by `tell` and `say` goes along."""
        is_partial = self.is_partial and bool(self.partial_name)
        name = self.partial_name if is_partial else self.template_name
        response = render(self.request, name, {"page": self, "is_partial": is_partial, **context}, status=status)
        response["Cache-Control"] = "no-store"
        patch_vary_headers(response, ["HX-Request"])
        if is_partial:
            self._send_events(response)
        return response

    def tell(self, text: object) -> None:
        """Show a short message for some seconds, on this page or the one redirected to."""
        messages.success(self.request, str(text))

    def _send_events(self, response: HttpResponse) -> None:
        if told := [str(message) for message in messages.get_messages(self.request)]:
            response["HX-Trigger"] = json.dumps({"bw:toast": {"text": " ".join(told)}})


def refuse_form(form: Form, refusal: InvalidInput) -> None:
    """Put an action's refusal beside the fields it names."""
    for name, sentences in refusal.fields.items():
        for sentence in sentences:
            form.add_error(name if name in form.fields else None, sentence)
