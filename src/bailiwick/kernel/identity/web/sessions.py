"""Where one is signed in, and ending it."""

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bailiwick.kernel.base.rights import MEMBER
from bailiwick.kernel.identity.actions import end_own_sessions, end_session
from bailiwick.kernel.identity.choices import Credential, Method, SessionKind
from bailiwick.kernel.identity.errors import NoPerson
from bailiwick.kernel.identity.queries import SeenSession, list_sessions
from bailiwick.kernel.identity.rules.agents import device_of
from bailiwick.kernel.web.pages import Page


@dataclass(frozen=True, slots=True)
class Shown:
    """A session in words."""

    session: SeenSession
    device: str
    method: str
    is_token: bool
    is_here: bool


class OwnSessionsPage(Page):
    """A page about one's own sessions: for people in a browser."""

    right = MEMBER
    navigation_name = "identity:sessions"

    def require_person(self) -> UUID:
        """The session of this page; raises NoPerson."""
        if self.actor.credential != Credential.SESSION or self.actor.session_id is None:
            raise NoPerson
        return self.actor.session_id


class Sessions(OwnSessionsPage):
    """Every session that lives, this one first."""

    template_name = "identity/sessions.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        here = self.require_person()
        living = [self._show(each, here) for each in list_sessions(self.actor) if each.is_live]
        shown = sorted(living, key=lambda each: not each.is_here)
        return self.show(shown=shown, is_confined=self.actor.is_confined)

    def _show(self, session: SeenSession, here: UUID) -> Shown:
        return Shown(
            session=session,
            device=device_of(session.agent),
            method=str(Method(session.method).label),
            is_token=session.kind == SessionKind.TOKEN,
            is_here=session.id == here,
        )


class EndSession(OwnSessionsPage):
    """Ends one session; this one is ended by signing out."""

    def post(self, request: HttpRequest, session_id: UUID) -> HttpResponse:
        end_session(self.actor, session_id)
        if session_id == self.actor.session_id:
            request.session.flush()
            return redirect("identity:login")
        self.tell(_("The session is ended."))
        return redirect("identity:sessions")


class EndOtherSessions(OwnSessionsPage):
    """Ends all sessions but this one."""

    def post(self, request: HttpRequest) -> HttpResponse:
        count = end_own_sessions(self.actor, kept=self.require_person())
        self.tell(
            ngettext("%(count)d other session was ended.", "%(count)d other sessions were ended.", count)
            % {"count": count}
        )
        return redirect("identity:sessions")
