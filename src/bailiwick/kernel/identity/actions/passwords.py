"""Passwords: changed with the present one, or by a mailed link."""

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.timezone import now
from django.utils.translation import gettext as _

from bailiwick.kernel.audit.actions import record
from bailiwick.kernel.base.actors import ActorRef, Authority
from bailiwick.kernel.base.errors import InvalidInput
from bailiwick.kernel.identity.actions.sessions import end_sessions_of_person
from bailiwick.kernel.identity.choices import Credential, SessionEnd
from bailiwick.kernel.identity.errors import LinkNotValid
from bailiwick.kernel.identity.links import is_valid, person_of
from bailiwick.kernel.identity.models import User
from bailiwick.kernel.tenancy.queries import get_installation_id
from bailiwick.kernel.tenancy.scope import enter


def lock_person(actor: Authority) -> User:
    """The person who acts, whose row nobody else changes meanwhile."""
    assert actor.user_id, "only a person has a name and a password"
    return User.objects.select_for_update().get(id=actor.user_id)


def change_password(actor: Authority, *, current: str, new: str) -> User:
    """Set a new password and end every session but this one; raises InvalidInput naming the field."""
    with transaction.atomic(savepoint=False):
        user = lock_person(actor)
        if not user.check_password(current):
            raise InvalidInput({"current_password": [_("This is not your present password.")]})
        _set_password(user, new)
        end_sessions_of_person(user_id=user.id, why=SessionEnd.PASSWORD, kept=actor.session_id)
        record(actor.ref, "identity.password.changed", user)
        return user


def _set_password(user: User, new: str) -> None:
    try:
        validate_password(new, user)
    except ValidationError as refusal:
        raise InvalidInput({"new_password": list(refusal.messages)}) from refusal
    user.set_password(new)
    user.save(update_fields=["password", "email_confirmed_at"])


def record_mailed_link(user: User) -> None:
    """In the installation's scope: a link to a new password has gone out."""
    record(ActorRef(get_installation_id(), None, Credential.SYSTEM), "identity.password.asked", user)


def reset_password(*, link: str, new: str, request_id: str) -> User:
    """Set a new password by a mailed link, once; ends every session, and confirms the address to which it went.

    Raises LinkNotValid, InvalidInput.
    """
    installation_id = get_installation_id()
    with enter(installation_id, request_id=request_id):
        person_id = person_of(link)
        user = User.objects.select_for_update().filter(id=person_id).first() if person_id else None
        if user is None or not is_valid(link, user):
            raise LinkNotValid
        user.email_confirmed_at = user.email_confirmed_at or now()
        _set_password(user, new)
        end_sessions_of_person(user_id=user.id, why=SessionEnd.PASSWORD)
        record(ActorRef(installation_id, None, Credential.SYSTEM, user.id), "identity.password.reset", user)
        return user
