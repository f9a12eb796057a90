"""Showing again who one is, before changing who may sign in."""

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models.functions import Now

from bailiwick.kernel.audit.actions import record
from bailiwick.kernel.base.actors import Authority
from bailiwick.kernel.identity.actions.passkeys import Answer, use_passkey
from bailiwick.kernel.identity.actions.passwords import lock_person
from bailiwick.kernel.identity.actions.totp import use_code
from bailiwick.kernel.identity.choices import Method
from bailiwick.kernel.identity.errors import InvalidCredentials
from bailiwick.kernel.identity.models import Session
from bailiwick.kernel.identity.queries import get_session, list_ways_to_confirm


def confirm_by_password(actor: Authority, *, password: str, code: str = "") -> None:
    """With a code where the person has an application; raises InvalidCredentials, whatever was wrong."""
    ways = list_ways_to_confirm(actor)
    with transaction.atomic(savepoint=False):
        user = lock_person(actor)
        if ways.isdisjoint({Method.PASSWORD, Method.TWO_FACTOR}):
            make_password(password)
            raise InvalidCredentials(person_id=user.id, method=Method.PASSWORD, why="policy")
        if not user.check_password(password):
            raise InvalidCredentials(person_id=user.id, method=Method.PASSWORD)
        if Method.TWO_FACTOR in ways:
            use_code(user.id, code)
        _note(actor, Method.TWO_FACTOR if Method.TWO_FACTOR in ways else Method.PASSWORD)


def confirm_by_passkey(actor: Authority, *, answer: Answer) -> None:
    """Raises InvalidCredentials, for somebody else's key and one of another organisation alike."""
    with transaction.atomic(savepoint=False):
        passkey = use_passkey(answer)
        # A key that this organisation gave proves nothing for a session that opens others too.
        fitting = (None, actor.organization_id) if actor.is_confined else (None,)
        if passkey.user_id != actor.user_id or passkey.only_in not in fitting:
            raise InvalidCredentials(person_id=actor.user_id, method=Method.PASSKEY)
        if Method.PASSKEY not in list_ways_to_confirm(actor):
            raise InvalidCredentials(person_id=actor.user_id, method=Method.PASSKEY, why="policy")
        _note(actor, Method.PASSKEY)


def _note(actor: Authority, method: str) -> None:
    Session.objects.filter(id=actor.session_id, ended_at=None).update(authenticated_at=Now())
    record(actor.ref, "identity.session.confirmed", get_session(actor).user, {"method": str(method)})
