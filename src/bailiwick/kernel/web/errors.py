"""Refusals and failures as pages; they need neither database nor shell, so that they work when those do not."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import DisallowedHost, RequestDataTooBig
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.timezone import now
from django.utils.translation import gettext as _

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.access.errors import Forbidden
from bailiwick.kernel.access.queries import Explanation, explain
from bailiwick.kernel.access.refusals import note_refusal
from bailiwick.kernel.base.errors import DomainError
from bailiwick.kernel.base.manifest import registry
from bailiwick.kernel.disclosures.manifest import BREAK_GLASS
from bailiwick.kernel.identity.errors import StepUpNeeded
from bailiwick.kernel.web.context import Shell


class InvalidAddress(DomainError):
    """A cursor or a parameter that no page of ours wrote."""

    code = "web.invalid_address"
    status = 400


class TooManyAttempts(DomainError):
    code = "web.too_many_attempts"
    status = 429


SAYING_IT = ("access.forbidden", "access.wrong_organization")
"""Refusals whose own sentence says that nothing was stored."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """What an error page says."""

    status: int
    title: str
    text: str
    code: str = ""
    explanation: Explanation | None = None
    is_undone: bool = False
    """Whether it has to be said that nothing was stored."""
    wait: int = 0
    """Seconds after which trying again makes sense."""
    data: dict[str, Any] = field(default_factory=dict)
    glass: str = ""
    """Where whoever may break the glass goes on."""


def refuse(request: HttpRequest, error: DomainError) -> HttpResponse:
    """The page of a refusal; a missing right is explained."""
    note_refusal(request, error)
    if isinstance(error, StepUpNeeded):
        return _ask_again(request)
    if error.status == 404:
        return page_not_found(request, error)
    right, actor = str(error.data.get("right", "")), getattr(request, "actor", None)
    return show(
        request,
        Refusal(
            status=error.status,
            title=_title(error),
            text=str(error.message),
            code=right,
            is_undone=request.method == "POST" and error.code not in SAYING_IT,
            explanation=_explain(actor, error),
        ),
    )


def _explain(actor: Actor | None, error: DomainError) -> Explanation | None:
    """Why the right is missing; a higher limit is no matter of the chain."""
    if actor is None or connection.needs_rollback or not isinstance(error, Forbidden) or error.code != Forbidden.code:
        return None
    return explain(actor, actor.member_id, str(error.data["right"]), error.over)


def _ask_again(request: HttpRequest) -> HttpResponse:
    """To the page on which somebody shows again who they are, and from there back."""
    address = f"{reverse('identity:again')}?{urlencode({'next': _page_before(request)})}"
    if is_partial(request):
        return HttpResponse(status=401, headers={"HX-Redirect": address})
    return redirect(address)


def _title(error: DomainError) -> str:
    if error.code == "access.wrong_organization":
        return _("You work in another organisation now")
    if error.code == InvalidAddress.code:
        return _("The address is not understood")
    titles = {
        401: _("Sign in first"),
        403: _("You may not do this"),
        409: _("This has changed in the meantime"),
        413: _("The file is too large"),
        429: _("Too many attempts"),
        503: _("This cannot be answered now"),
    }
    return titles.get(error.status, _("This cannot be done"))


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig):
        text = _(
            "It is larger than anything that is taken here. Split it, or compress it with gzip. Nothing was stored."
        )
        return show(request, Refusal(413, _("The file is too large"), text))
    text = _("The address or the form has a part that is not understood. Nothing was stored.")
    return show(request, Refusal(400, _("The request is not understood"), text))


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    if isinstance(exception, DomainError):
        return show(request, Refusal(403, _("The form is too old"), str(exception.message), is_undone=True))
    return show(request, Refusal(403, _("You may not do this"), _("Nothing was changed.")))


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    text = _(
        "The address may be wrong, the record may have been removed, or it belongs to another organisation."
        " We do not say which."
    )
    return show(request, Refusal(404, _("There is nothing here for you"), text, glass=_glass(request)))


def _glass(request: HttpRequest) -> str:
    """Where the record of a page is opened in an emergency, for who may; it does not say that there is one."""
    actor, match = getattr(request, "actor", None), request.resolver_match
    if actor is None or not actor.may(BREAK_GLASS):
        return ""
    for each in registry().sensitives.values():
        if match and each.role and each.url_name == match.view_name:
            known_by = str(next(iter(match.kwargs.values()), ""))
            return f"{reverse('disclosures:break-glass')}?{urlencode({'kind': each.model, 'known_by': known_by})}"
    return ""


def unavailable(request: HttpRequest) -> HttpResponse:
    """The database is busy, or away."""
    text = _(
        "Bailiwick is busy with the same data, or a part of it is being started again. Your last action was not stored."
        " Try again in a moment: the same action is never carried out twice."
    )
    return show(request, Refusal(503, _("This cannot be answered now"), text, wait=5))


def server_error(request: HttpRequest) -> HttpResponse:
    text = _("Your last action was not stored. It is safe to try again: the same action is never carried out twice.")
    return show(request, Refusal(500, _("Something broke on our side"), text))


def show(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """A page of its own, or the part alone, put into the place that a script asked for."""
    in_place = is_partial(request)
    name = "web/_refusal.html" if in_place else "web/error.html"
    context = {"refusal": refusal, "shell": Shell(request), "again": _page_before(request), "moment": now()}
    response = HttpResponse(render_to_string(name, context), status=refusal.status)
    if refusal.wait:
        response["Retry-After"] = str(refusal.wait)
    response["Cache-Control"] = "no-store"
    if in_place:
        response["HX-Reswap"] = "innerHTML"
    patch_vary_headers(response, ["HX-Request"])
    return response


def _page_before(request: HttpRequest) -> str:
    """What can be opened again: this address, or the page from which a form was sent; "" where that is not known."""
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    try:
        origin = request.build_absolute_uri("/")
    except DisallowedHost:  # which is what the page of an unknown host is about
        return ""
    sent_from = request.headers.get("Referer", "")
    return "/" + sent_from.removeprefix(origin) if sent_from.startswith(origin) else ""


def is_partial(request: HttpRequest) -> bool:
    """Whether a script asks for a part of the page; going back in history needs the whole."""
    return "HX-Request" in request.headers and "HX-History-Restore-Request" not in request.headers
