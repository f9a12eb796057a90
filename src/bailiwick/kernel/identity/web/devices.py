"""What a browser remembers of whoever came in by it."""

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from bailiwick.kernel.identity.entry import DEVICE_COOKIE, remember_browser
from bailiwick.kernel.identity.mails import What, notice
from bailiwick.kernel.identity.manifest import MAIL_NOTICE
from bailiwick.kernel.identity.models import Session
from bailiwick.kernel.jobs.actions import submit_house_job

KEPT_FOR = timedelta(days=365)


def remember_device(request: HttpRequest, response: HttpResponse, session: Session) -> HttpResponse:
    """Know this browser again; a person who never came by it before is mailed that somebody did."""
    token, is_new = remember_browser(request, session)
    response.set_cookie(
        DEVICE_COOKIE,
        token,
        max_age=KEPT_FOR,
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )
    if is_new:
        mail_notice(request, session.user_id, What.DEVICE)
    return response


def mail_notice(request: HttpRequest, user_id: UUID, what: What) -> None:
    """Have a person mailed what happened to their account."""
    request_id = request.request_id  # type: ignore[attr-defined]
    submit_house_job(kind=MAIL_NOTICE, arguments=notice(request, user_id, what), request_id=request_id)
