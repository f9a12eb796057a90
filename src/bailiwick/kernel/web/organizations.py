"""Changing the organisation in which one works."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from bailiwick.kernel.base.errors import NotFound
from bailiwick.kernel.base.rights import MEMBER
from bailiwick.kernel.identity.queries import list_memberships
from bailiwick.kernel.web.pages import Page


class SwitchOrganization(Page):
    """Makes another of the person's memberships the session's present one."""

    right = MEMBER

    def post(self, request: HttpRequest) -> HttpResponse:
        wanted = request.POST.get("membership", "")
        memberships = list_memberships(self.actor.user_id) if self.actor.user_id else []
        chosen = next((each for each in memberships if str(each.member_id) == wanted), None)
        if chosen is None or "signed_in" not in request.session:
            raise NotFound
        request.session["signed_in"] = {
            "organization": str(chosen.organization_id),
            "member": str(chosen.member_id),
            "at": request.session["signed_in"]["at"],
        }
        return redirect("web:desk")
