"""People and members."""

from uuid import UUID

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models.functions import Coalesce, Now
from django.utils.translation import gettext as _

from bailiwick.kernel.audit.actions import record
from bailiwick.kernel.base.actors import ActorRef, Authority
from bailiwick.kernel.base.errors import InvalidInput
from bailiwick.kernel.identity.actions.passwords import lock_person
from bailiwick.kernel.identity.choices import MemberKind
from bailiwick.kernel.identity.errors import BelongsToPerson
from bailiwick.kernel.identity.models import Device, Member, Passkey, Totp, User
from bailiwick.kernel.identity.queries.enrolment import is_elsewhere
from bailiwick.kernel.identity.rules.logins import looks_like_another, normal

PERSONAL = ("first_name", "last_name", "email", "language", "time_zone")


def create_user(*, username: str, password: str, first_name: str = "", last_name: str = "", email: str = "") -> User:
    """A person who can sign in; a membership is what lets them work.

    Raises InvalidInput for a login that looks like another, or like what it is not.
    """
    login = normal(username)
    if looks_like_another(login):
        raise InvalidInput({"username": [_("This login mixes scripts or looks like another. Choose a plain one.")]})
    user = User(username=login, first_name=first_name, last_name=last_name, email=email)
    user.set_password(password)
    user.save()
    user.refresh_from_db()
    return user


def make_account(*, login: str, password: str, first_name: str, last_name: str, email: str, is_confirmed: bool) -> User:
    """An account that somebody makes themselves; `is_confirmed` says that they read the mail of its address.

    Raises InvalidInput naming the field.
    """
    try:
        validate_password(password, User(username=login, first_name=first_name, last_name=last_name, email=email))
        with transaction.atomic():
            user = create_user(
                username=login, password=password, first_name=first_name, last_name=last_name, email=email
            )
    except ValidationError as refusal:
        raise InvalidInput({"password": list(refusal.messages)}) from refusal
    except IntegrityError as taken:
        raise InvalidInput({"login": [_("Somebody has this login already. Choose another.")]}) from taken
    except InvalidInput as refusal:
        raise InvalidInput({"login": refusal.fields["username"]}) from refusal
    if is_confirmed:
        User.objects.filter(id=user.id).update(email_confirmed_at=Now())
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


def change_person(
    actor: Authority,
    *,
    first_name: str,
    last_name: str,
    email: str,
    language: str,
    time_zone: str,
    current_password: str = "",
) -> User:
    """Change who one is; a new mail address takes the present password, because a link to a new one goes there.

    The new one is not confirmed until `confirm_address`. Raises InvalidInput naming the field; BelongsToPerson in a
    session that one organisation alone vouched for, where others know the person too.
    """
    with transaction.atomic(savepoint=False):
        user = lock_person(actor)
        if actor.is_confined and is_elsewhere(user.id, actor.organization_id):
            raise BelongsToPerson
        if email != user.email and not user.check_password(current_password):
            sentence = _("To change the mail address, give your present password.")
            raise InvalidInput({"current_password": [sentence]})
        before = {name: getattr(user, name) for name in PERSONAL}
        user.first_name, user.last_name, user.email = first_name, last_name, email
        user.language, user.time_zone = language, time_zone
        changed = [name for name in PERSONAL if getattr(user, name) != before[name]]
        if changed:
            if "email" in changed:
                user.email_confirmed_at = None
            user.save(update_fields=[*changed, "email_confirmed_at"])
            if not {"first_name", "last_name"}.isdisjoint(changed):
                Member.objects.filter(user_id=user.id).update(name=user.full_name)
            record(actor.ref, "identity.person.changed", user, {"changed": changed})
        return user


def erase_person(*, user_id: UUID, organization_id: UUID) -> bool:
    """Take login, name and address from an account that an organisation registered and no other one knows.

    Whoever has a login of their own keeps it. Returns whether it was erased.
    """
    user = User.objects.select_for_update().get(id=user_id)
    if user.user_code is None or is_elsewhere(user_id, organization_id):
        return False
    blank = dict.fromkeys(("email", "first_name", "last_name", "language", "time_zone"), "")
    User.objects.filter(id=user_id).update(
        username=f"erased-{user_id}", user_code=None, email_confirmed_at=None, is_active=False, **blank
    )
    Passkey.objects.filter(user_id=user_id).update(name="", revoked_at=Coalesce("revoked_at", Now()))
    Totp.objects.filter(user_id=user_id, ended_at=None).update(ended_at=Now())
    Device.objects.filter(user_id=user_id).delete()
    return True
