"""A person's application that shows codes, and the code after the password."""

import time
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now
from django.utils.timezone import now
from django.utils.translation import gettext as _

from bailiwick.kernel.audit.actions import record
from bailiwick.kernel.base.actors import Authority
from bailiwick.kernel.base.callers import Caller
from bailiwick.kernel.base.errors import InvalidInput, NotFound
from bailiwick.kernel.identity.actions.sessions import open_session, require_fresh
from bailiwick.kernel.identity.actions.signing_in import Entered
from bailiwick.kernel.identity.actions.ways import lock_person, require_way_left
from bailiwick.kernel.identity.choices import Method
from bailiwick.kernel.identity.errors import BelongsToPerson, InvalidCredentials, NoPerson, ProofTooWeak
from bailiwick.kernel.identity.models import RecoveryCode, Totp
from bailiwick.kernel.identity.queries import Membership, find_person, list_memberships
from bailiwick.kernel.identity.queries.factors import find_application
from bailiwick.kernel.identity.rules.recovery_codes import digest_of, is_like_one
from bailiwick.kernel.identity.rules.totp import new_secret, step_of

SET_UP_WITHIN = timedelta(minutes=30)
"""A secret that was shown and not confirmed is not shown again later."""


def require_own(actor: Authority) -> UUID:
    """Raises NoPerson for a program, and BelongsToPerson where the session is an organisation's alone."""
    if actor.user_id is None or actor.session_id is None:
        raise NoPerson
    if actor.is_confined:
        raise BelongsToPerson
    return actor.user_id


def _require_enough(actor: Authority, user_id: UUID) -> None:
    """An application is worth no more than the proof by which it was set up.

    Raises ProofTooWeak where an organisation of the person takes codes, and does not take how they came in: else the
    password alone, where it is taken, would be a way around the other's policy.
    """
    asking = [each for each in list_memberships(user_id) if each.takes(Method.TWO_FACTOR)]
    if not all(each.takes(actor.method) for each in asking):
        raise ProofTooWeak


def begin_application(*, actor: Authority) -> Totp:
    """The secret of an application that is being set up, the same one for half an hour.

    Raises StepUpNeeded, ProofTooWeak.
    """
    user_id = require_own(actor)
    require_fresh(actor)
    with transaction.atomic(savepoint=False):
        lock_person(user_id)
        present = find_application(user_id)
        if present and present.confirmed_at:
            return present
        _require_enough(actor, user_id)
        if present and now() - present.created_at < SET_UP_WITHIN:
            return present
        Totp.objects.filter(user_id=user_id, ended_at=None).update(ended_at=Now())
        return Totp.objects.create(user_id=user_id, secret=new_secret())


def confirm_application(*, actor: Authority, code: str) -> Totp:
    """From now on the password asks for a code.

    Raises StepUpNeeded, ProofTooWeak, NotFound, InvalidInput naming the field.
    """
    user_id = require_own(actor)
    require_fresh(actor)
    with transaction.atomic(savepoint=False):
        lock_person(user_id)
        totp = find_application(user_id)
        if totp is None or totp.confirmed_at is not None:
            raise NotFound
        _require_enough(actor, user_id)
        step = step_of(totp.secret, code, at=time.time(), after=totp.last_step)
        if step is None:
            raise InvalidInput({"code": [_("This is not the code of now. Check the clock of the device.")]})
        Totp.objects.filter(id=totp.id).update(confirmed_at=Now(), last_step=step)
        record(actor.ref, "identity.application.added", totp)
        return totp


def remove_application(*, actor: Authority) -> None:
    """The password asks for no code any more, and the codes on paper end; raises StepUpNeeded, NotFound, LastWayIn."""
    user_id = require_own(actor)
    require_fresh(actor)
    with transaction.atomic(savepoint=False):
        lock_person(user_id)
        totp = find_application(user_id)
        if totp is None:
            raise NotFound
        require_way_left(actor, without_application=True)
        Totp.objects.filter(id=totp.id).update(ended_at=Now())
        RecoveryCode.objects.filter(user_id=user_id, used_at=None, ended_at=None).update(ended_at=Now())
        if totp.confirmed_at is not None:
            record(actor.ref, "identity.application.removed", totp)


def use_code(user_id: UUID, code: str) -> None:
    """Use up a code of the application or of the paper, once; raises InvalidCredentials."""
    if is_like_one(code):
        fresh = RecoveryCode.objects.filter(user_id=user_id, digest=digest_of(code), used_at=None, ended_at=None)
        used = fresh.update(used_at=Now())
    else:
        used = _use_step(user_id, code)
    if not used:
        raise InvalidCredentials(person_id=user_id, method=Method.TWO_FACTOR)


def _use_step(user_id: UUID, code: str) -> int:
    totp = find_application(user_id)
    if totp is None or totp.confirmed_at is None:
        return 0
    step = step_of(totp.secret, code, at=time.time(), after=totp.last_step)
    return Totp.objects.filter(id=totp.id, last_step__lt=step).update(last_step=step) if step is not None else 0


def sign_in_by_code(
    *, user_id: UUID, code: str, organization: str = "", kind: str, caller: Caller, request_id: str
) -> Entered:
    """After the right password: a session in the first organisation that takes both, or the password alone.

    Raises InvalidCredentials.
    """
    with transaction.atomic(savepoint=False):
        user, membership = find_person(user_id), choose_for_code(user_id, organization)
        if user is None or membership is None:
            raise InvalidCredentials(person_id=user_id, method=Method.TWO_FACTOR)
        use_code(user_id, code)
        session = open_session(
            user=user,
            membership=membership,
            kind=kind,
            method=Method.TWO_FACTOR if membership.takes(Method.TWO_FACTOR) else Method.PASSWORD,
            agent=caller.agent,
            address=caller.address,
            request_id=request_id,
        )
        return Entered(user, membership, session)


def choose_for_code(user_id: UUID, organization: str = "") -> Membership | None:
    """The membership that password and code would open, if any."""
    taking = (each for each in list_memberships(user_id) if organization in ("", each.slug))
    return next((each for each in taking if each.takes(Method.TWO_FACTOR) or each.takes(Method.PASSWORD)), None)
