"""Changing the organisation in which one works."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from bailiwick.kernel.base.errors import NotFound
from bailiwick.kernel.base.rights import MEMBER
from bailiwick.kernel.identity.actions import switch_membership
from bailiwick.kernel.web.pages import Page


class SwitchOrganization(Page):
    """Makes another of the person's memberships the session's present one."""

    right = MEMBER

    def post(self, request: HttpRequest) -> HttpResponse:
        signed_in = request.session.get("signed_in")
        if signed_in is None or self.actor.user_id is None:
            raise NotFound
        chosen = switch_membership(
            user_id=self.actor.user_id,
            member_id=self._wanted(),
            request_id=request.request_id,  # type: ignore[attr-defined]
        )
        place = {"organization": str(chosen.organization_id), "member": str(chosen.member_id)}
        request.session["signed_in"] = signed_in | place
        return redirect("web:desk")

    def _wanted(self) -> UUID:
        try:
            return UUID(self.request.POST.get("membership", ""))
        except ValueError as error:
            raise NotFound from error
