"""What was asked of a browser's keys: each question stands in the Django session, for five minutes, for one answer."""

import time
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.http.request import split_domain_port

from bailiwick.kernel.base.rates import spend_of
from bailiwick.kernel.identity.actions.passkeys import Answer
from bailiwick.kernel.identity.errors import InvalidCredentials, PasskeyNotTaken
from bailiwick.kernel.identity.models import User
from bailiwick.kernel.identity.queries.factors import list_credential_ids
from bailiwick.kernel.identity.rules.webauthn import (
    NotProved,
    RelyingParty,
    ask_for_known,
    ask_for_new,
    challenge_of,
    handle_of,
)

QUESTIONS = "passkey_questions"
SECONDS = 300
MOST = 5
"""Open questions of one browser; several pages may stand open."""
KNOWN = "known"


def party_of(request: HttpRequest) -> RelyingParty:
    """The host as the browser knows it; Django has checked that it is one of ours."""
    host = request.get_host()
    return RelyingParty(split_domain_port(host)[0], f"{request.scheme}://{host}")


def ask_known(request: HttpRequest) -> dict[str, Any]:
    """Ask for any key that opens this installation."""
    options, challenge = ask_for_known(party_of(request))
    _remember(request, KNOWN, challenge)
    return options


def ask_new(request: HttpRequest, user: User, only_in: UUID | None, place: str = "") -> dict[str, Any]:
    """Ask for a new key of a person; `place` is the organisation that it opens, where it opens no other."""
    options, challenge = ask_for_new(
        party_of(request),
        handle=handle_of(user.id, only_in),
        login=f"{user.username} ({place})" if place else user.username,
        name=user.full_name,
        known=list_credential_ids(user.id, only_in),
    )
    _remember(request, _purpose(user.id, only_in), challenge)
    return options


def answer_known(request: HttpRequest) -> Answer:
    """The posted answer to `ask_known`; raises InvalidCredentials when nothing of the kind was asked here."""
    challenge = _take(request, KNOWN)
    if challenge is None:
        raise InvalidCredentials(method="passkey", why="challenge")
    return Answer(party_of(request), challenge, request.POST["answer"])


def answer_new(request: HttpRequest, user_id: UUID, only_in: UUID | None) -> Answer:
    """The posted answer to `ask_new`; raises PasskeyNotTaken when nothing of the kind was asked here."""
    challenge = _take(request, _purpose(user_id, only_in))
    if challenge is None:
        raise PasskeyNotTaken
    return Answer(party_of(request), challenge, request.POST["answer"])


def _purpose(user_id: UUID, only_in: UUID | None) -> str:
    return f"new:{user_id}:{only_in or ''}"


def _remember(request: HttpRequest, purpose: str, challenge: str) -> None:
    asked = {"challenge": challenge, "purpose": purpose, "until": time.time() + SECONDS}
    request.session[QUESTIONS] = [*request.session.get(QUESTIONS, []), asked][-MOST:]
    if "signed_in" not in request.session:
        request.session.set_expiry(3600)  # of somebody who only looked at the door, nothing is kept for long


def _take(request: HttpRequest, purpose: str) -> str | None:
    """The challenge that the posted answer is to, if it was asked here for this; it is not taken a second time."""
    try:
        challenge = challenge_of(request.POST.get("answer", ""))
    except NotProved:
        return None
    asked = request.session.get(QUESTIONS, [])
    request.session[QUESTIONS] = [each for each in asked if each["challenge"] != challenge]
    is_open = any(
        (each["challenge"], each["purpose"]) == (challenge, purpose) and each["until"] > time.time() for each in asked
    )
    # Two answers at once read the same session: the counter lets one of them through.
    counted = spend_of("answer", challenge, 1, SECONDS) if is_open else None
    return challenge if is_open and (counted is None or counted.is_allowed) else None
