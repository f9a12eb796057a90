"""Login and password, and what comes after them."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.hashers import make_password

from bailiwick.kernel.audit.actions import record
from bailiwick.kernel.base.actors import ActorRef
from bailiwick.kernel.base.callers import Caller
from bailiwick.kernel.identity.actions.sessions import open_session
from bailiwick.kernel.identity.choices import Credential, Method
from bailiwick.kernel.identity.errors import InvalidCredentials
from bailiwick.kernel.identity.models import Session, User
from bailiwick.kernel.identity.queries import Membership, choose_membership, find_by_login, has_codes, list_memberships
from bailiwick.kernel.tenancy.models import Organization
from bailiwick.kernel.tenancy.queries import get_installation_id
from bailiwick.kernel.tenancy.scope import enter


@dataclass(frozen=True, slots=True)
class Entered:
    """Somebody is in."""

    user: User
    membership: Membership
    session: Session


@dataclass(frozen=True, slots=True)
class Pending:
    """The password was right, and is not enough: a code is asked for, or none of their organisations takes it."""

    user: User
    organization: str
    memberships: list[Membership]


def sign_in(
    *, login: str, password: str, organization: str = "", kind: str, caller: Caller, request_id: str
) -> Entered | Pending:
    """A session in the named organisation, else in the first that takes a password.

    Raises InvalidCredentials without saying what was wrong; a failure is recorded by `record_failed_sign_in`, once
    the request has been rolled back.
    """
    user = find_by_login(login)
    is_right = _check_password(user, password)
    memberships = list_memberships(user.id) if user and is_right else []
    memberships = [each for each in memberships if organization in ("", each.slug)]
    if user is None or not memberships:
        raise InvalidCredentials(person_id=user.id if user else None)
    membership = choose_membership(memberships, method=Method.PASSWORD)
    if membership is None or has_codes(user.id):
        return Pending(user, organization, memberships)
    session = open_session(
        user=user,
        membership=membership,
        kind=kind,
        method=Method.PASSWORD,
        agent=caller.agent,
        address=caller.address,
        request_id=request_id,
    )
    return Entered(user, membership, session)


def _check_password(user: User | None, password: str) -> bool:
    if user is None or not user.is_active or not user.has_usable_password():
        make_password(password)  # takes as long as a comparison, so that the time tells nothing
        return False
    return user.check_password(password)


def record_failed_sign_in(*, person_id: UUID | None, method: str = "", why: str = "", request_id: str) -> None:
    """Record a failed attempt in the installation's own organisation, with the person when the login was theirs."""
    installation_id = get_installation_id()
    with enter(installation_id, request_id=request_id):
        subject = User(id=person_id) if person_id else Organization(id=installation_id)
        about = {name: text for name, text in (("method", method), ("why", why)) if text}
        record(ActorRef(installation_id, None, Credential.SYSTEM), "identity.sign_in.failed", subject, about)
