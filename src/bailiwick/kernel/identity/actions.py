"""The writes of identity: signing in and out, passwords, members and keys."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from bailiwick.kernel.audit.actions import record
from bailiwick.kernel.base.actors import ActorRef
from bailiwick.kernel.base.errors import InvalidInput, NotFound
from bailiwick.kernel.base.manifest import registry
from bailiwick.kernel.identity.choices import Credential, MemberKind
from bailiwick.kernel.identity.errors import InvalidCredentials, LinkNotValid, ScopeNotHeld
from bailiwick.kernel.identity.keys import key_digest, key_prefix, new_key
from bailiwick.kernel.identity.links import is_valid, person_of
from bailiwick.kernel.identity.models import ApiKey, Member, User
from bailiwick.kernel.identity.queries import Membership, choose_membership, list_memberships
from bailiwick.kernel.tenancy.models import Organization
from bailiwick.kernel.tenancy.queries import get_installation_id
from bailiwick.kernel.tenancy.scope import enter

PERSONAL = ("first_name", "last_name", "email", "language", "time_zone")


def sign_in(
    *, login: str, password: str, organization: str = "", credential: str, request_id: str
) -> tuple[User, Membership]:
    """The person and the membership to work in; raises InvalidCredentials without saying what was wrong.

    A success is recorded here; a failure by `record_failed_sign_in`, once the request has been rolled back.
    """
    user = User.objects.filter(username__iexact=login).first() if "\x00" not in login else None
    is_right = _check_password(user, password)
    membership = choose_membership(list_memberships(user.id), organization) if user and is_right else None
    if user is None or membership is None:
        raise InvalidCredentials(person_id=user.id if user else None)
    _record_success(user, membership, credential, request_id)
    return user, membership


def _check_password(user: User | None, password: str) -> bool:
    if user is None or not user.is_active:
        make_password(password)  # takes as long as a comparison, so that the time tells nothing
        return False
    return user.check_password(password)


def _record_success(user: User, membership: Membership, credential: str, request_id: str) -> None:
    organization_id, member_id = membership.organization_id, membership.member_id
    with enter(organization_id, member_id=member_id, user_id=user.id, request_id=request_id):
        User.objects.filter(id=user.id).update(last_login=Now())
        Member.objects.filter(id=member_id).update(last_used_at=Now())
        actor = ActorRef(organization_id, member_id, credential, user.id)
        record(actor, "identity.sign_in.succeeded", user, {"credential": credential})


def record_failed_sign_in(*, person_id: UUID | None, request_id: str) -> None:
    """Record a failed attempt in the installation's own organisation, with the person when the login was theirs."""
    installation_id = get_installation_id()
    with enter(installation_id, request_id=request_id):
        subject = User(id=person_id) if person_id else Organization(id=installation_id)
        record(ActorRef(installation_id, None, Credential.SYSTEM), "identity.sign_in.failed", subject)


def end_session(actor: ActorRef, *, everywhere: bool) -> None:
    """Record that a person signed out; `everywhere` ends all their sessions and tokens issued until now."""
    with transaction.atomic(savepoint=False):
        user = _lock_user(actor)
        if everywhere:
            User.objects.filter(id=user.id).update(credentials_valid_from=Now())
        record(actor, "identity.session.ended", user, {"credential": actor.credential, "everywhere": everywhere})


def _lock_user(actor: ActorRef) -> User:
    assert actor.user_id, "only a person has a session and a password"
    return User.objects.select_for_update().get(id=actor.user_id)


def change_password(actor: ActorRef, *, current: str, new: str) -> User:
    """Set a new password and end every other session and token; raises InvalidInput naming the field."""
    with transaction.atomic(savepoint=False):
        user = _lock_user(actor)
        if not user.check_password(current):
            raise InvalidInput({"current_password": [_("This is not your present password.")]})
        _set_password(user, new)
        record(actor, "identity.password.changed", user)
        return user


def _set_password(user: User, new: str) -> None:
    """Every session, token and mailed link from before is worth nothing afterwards."""
    try:
        validate_password(new, user)
    except ValidationError as refusal:
        raise InvalidInput({"new_password": list(refusal.messages)}) from refusal
    user.set_password(new)
    user.credentials_valid_from = Now()
    user.save(update_fields=["password", "credentials_valid_from"])


def record_mailed_link(user: User) -> None:
    """In the installation's scope: a link to a new password has gone out."""
    record(ActorRef(get_installation_id(), None, Credential.SYSTEM), "identity.password.asked", user)


def reset_password(*, link: str, new: str, request_id: str) -> User:
    """Set a new password by a mailed link, once; raises LinkNotValid, InvalidInput naming the field."""
    installation_id = get_installation_id()
    with enter(installation_id, request_id=request_id):
        person_id = person_of(link)
        user = User.objects.select_for_update().filter(id=person_id).first() if person_id else None
        if user is None or not is_valid(link, user):
            raise LinkNotValid
        _set_password(user, new)
        record(ActorRef(installation_id, None, Credential.SYSTEM, user.id), "identity.password.reset", user)
        return user


def change_person(
    actor: ActorRef,
    *,
    first_name: str,
    last_name: str,
    email: str,
    language: str,
    time_zone: str,
    current_password: str = "",
) -> User:
    """Change who one is; a new mail address takes the present password, because a link to a new one goes there.

    Raises InvalidInput naming the field.
    """
    with transaction.atomic(savepoint=False):
        user = _lock_user(actor)
        if email != user.email and not user.check_password(current_password):
            sentence = _("To change the mail address, give your present password.")
            raise InvalidInput({"current_password": [sentence]})
        before = {name: getattr(user, name) for name in PERSONAL}
        user.first_name, user.last_name, user.email = first_name, last_name, email
        user.language, user.time_zone = language, time_zone
        changed = [name for name in PERSONAL if getattr(user, name) != before[name]]
        if changed:
            user.save(update_fields=changed)
            if not {"first_name", "last_name"}.isdisjoint(changed):
                Member.objects.filter(user_id=user.id).update(name=user.full_name)
            record(actor, "identity.person.changed", user, {"changed": changed})
        return user


def switch_membership(*, user_id: UUID, member_id: UUID, request_id: str) -> Membership:
    """Choose another of a person's memberships to work in, remembered for the next sign-in; raises NotFound."""
    chosen = next((each for each in list_memberships(user_id) if each.member_id == member_id), None)
    if chosen is None:
        raise NotFound
    with enter(chosen.organization_id, member_id=member_id, user_id=user_id, request_id=request_id):
        Member.objects.filter(id=member_id).update(last_used_at=Now())
    return chosen


def create_user(*, username: str, password: str, first_name: str = "", last_name: str = "", email: str = "") -> User:
    """A person who can sign in; a membership is what lets them work."""
    user = User(username=username, first_name=first_name, last_name=last_name, email=email)
    user.set_password(password)
    user.save()
    user.refresh_from_db()
    return user


def add_member(
    actor: ActorRef, *, name: str, kind: str, user_id: UUID | None = None, employee_id: str = "", department: str = ""
) -> Member:
    """Make a person, program or model a member of the organisation in scope."""
    with transaction.atomic(savepoint=False):
        member = Member.objects.create(
            name=name, kind=kind, user_id=user_id, employee_id=employee_id, department=department
        )
        record(actor, "identity.member.added", member, {"kind": MemberKind(kind).value})
        return member


def issue_key(
    actor: ActorRef, *, member_id: UUID, name: str, scopes: Sequence[str], expires_at: datetime | None = None
) -> tuple[ApiKey, str]:
    """A new key and its row; the key is returned here and nowhere else. Raises ScopeNotHeld for an unknown right."""
    if unknown := set(scopes) - set(registry().rights):
        raise ScopeNotHeld(unknown=sorted(unknown))
    with transaction.atomic(savepoint=False):
        key = new_key()
        row = ApiKey.objects.create(
            member_id=member_id,
            name=name,
            prefix=key_prefix(key),
            digest=key_digest(key),
            scopes=list(scopes),
            expires_at=expires_at,
        )
        record(actor, "identity.key.issued", row, {"prefix": row.prefix, "scopes": row.scopes})
        return row, key


def revoke_key(actor: ActorRef, *, key_id: UUID) -> None:
    """End a key now; revoking twice changes nothing."""
    with transaction.atomic(savepoint=False):
        row = ApiKey.objects.select_for_update().get(id=key_id)
        if row.revoked_at is None:
            ApiKey.objects.filter(id=key_id).update(revoked_at=Now())
            record(actor, "identity.key.revoked", row, {"prefix": row.prefix})
