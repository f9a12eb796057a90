"""Who comes in at /operators/, and what they look into: asked at every request."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils.timezone import now

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.base.callers import caller_of
from bailiwick.kernel.base.errors import DomainError
from bailiwick.kernel.identity.actions import require_fresh
from bailiwick.kernel.identity.actions.sessions import is_fresh
from bailiwick.kernel.identity.choices import Credential, Method
from bailiwick.kernel.identity.errors import StepUpNeeded
from bailiwick.kernel.operators.errors import InstallationNeeded, PasskeyNeeded
from bailiwick.kernel.operators.manifest import OPERATE
from bailiwick.kernel.operators.queries import find_place, is_operator
from bailiwick.kernel.operators.rules import is_within
from bailiwick.kernel.operators.values import LASTS, Visit
from bailiwick.kernel.tenancy.queries import get_installation_id
from bailiwick.kernel.web.errors import refuse
from bailiwick.kernel.web.pages import Page

KEPT = "operators_visit"
"""Where the browser's session keeps the visit: on the server, for the session in which it began."""


class OperatorPage(Page):
    """A page of operators: for everybody else, and from anywhere else, it does not exist."""

    right = OPERATE
    navigation_name = "operators:choose"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not _may_know(request):
            raise Http404
        try:
            _check_way_in(self.actor)
        except DomainError as refusal:
            return refuse(request, refusal)
        return super().dispatch(request, *args, **kwargs)

    def begin_visit(self, visit: Visit) -> None:
        organization, until = str(visit.organization_id), visit.until.isoformat()
        self.request.session[KEPT] = {
            "organization": organization,
            "until": until,
            "session": str(self.actor.session_id),
        }

    def find_visit(self) -> Visit | None:
        """What is looked into now; None when nothing was chosen, or its time is over."""
        kept = self.request.session.get(KEPT)
        if kept is None or kept["session"] != str(self.actor.session_id):
            return None
        visit = Visit(UUID(kept["organization"]), datetime.fromisoformat(kept["until"]))
        return visit if now() < visit.until else None

    def header(self, visit: Visit) -> dict[str, Any]:
        """What stands above every page: what is looked into, and how long still."""
        minutes = max(1, round((visit.until - now()).total_seconds() / 60))
        return {"visited": find_place(visit.organization_id), "minutes": minutes}

    def end_visit(self) -> None:
        self.request.session.pop(KEPT, None)


def _may_know(request: HttpRequest) -> bool:
    actor: Actor | None = request.actor  # type: ignore[attr-defined]
    return (
        is_within(caller_of(request).address, settings.OPERATOR_ADDRESSES)
        and actor is not None
        and actor.credential == Credential.SESSION
        and is_operator(actor)
    )


def _check_way_in(actor: Actor) -> None:
    """Raises InstallationNeeded, PasskeyNeeded, StepUpNeeded."""
    if actor.organization_id != get_installation_id():
        raise InstallationNeeded
    if actor.method != Method.PASSKEY:
        raise PasskeyNeeded
    require_fresh(actor)
    if actor.authenticated_at is None or not is_fresh(actor.authenticated_at, int(LASTS.total_seconds())):
        raise StepUpNeeded
