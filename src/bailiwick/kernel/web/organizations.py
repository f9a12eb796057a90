"""Changing the organisation in which one works."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from bailiwick.kernel.base.callers import caller_of
from bailiwick.kernel.base.errors import NotFound
from bailiwick.kernel.base.rights import MEMBER
from bailiwick.kernel.identity.actions import switch_session
from bailiwick.kernel.identity.choices import Credential
from bailiwick.kernel.web.pages import Page


class SwitchOrganization(Page):
    """Goes on in another of the person's memberships, where the way in that they came by is taken."""

    right = MEMBER

    def post(self, request: HttpRequest) -> HttpResponse:
        if self.actor.user_id is None or self.actor.credential != Credential.SESSION:
            raise NotFound
        session = switch_session(
            self.actor,
            member_id=self._wanted(),
            caller=caller_of(request),
            request_id=request.request_id,  # type: ignore[attr-defined]
        )
        request.session["signed_in"] = request.session["signed_in"] | {"session": str(session.id)}
        request.session.cycle_key()
        return redirect("web:desk")

    def _wanted(self) -> UUID:
        try:
            return UUID(self.request.POST.get("membership", ""))
        except ValueError as error:
            raise NotFound from error
