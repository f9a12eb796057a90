"""A person's passkeys: taking a new one, naming and removing it, and signing in by it."""

from dataclasses import dataclass
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from bailiwick.kernel.audit.actions import record
from bailiwick.kernel.base.actors import ActorRef, Authority
from bailiwick.kernel.base.callers import Caller
from bailiwick.kernel.base.errors import InvalidInput, NotFound
from bailiwick.kernel.identity.actions.sessions import open_session, require_fresh
from bailiwick.kernel.identity.actions.signing_in import Entered
from bailiwick.kernel.identity.actions.ways import lock_person, require_way_left
from bailiwick.kernel.identity.choices import Method
from bailiwick.kernel.identity.errors import InvalidCredentials, NoPerson, PasskeyNotTaken
from bailiwick.kernel.identity.models import Passkey
from bailiwick.kernel.identity.queries import choose_membership, list_memberships
from bailiwick.kernel.identity.queries.factors import passkeys_shown_to, place_of_new_key
from bailiwick.kernel.identity.rules.webauthn import (
    NotProved,
    RelyingParty,
    credential_of,
    handle_of,
    has_counted_on,
    read_known,
    read_new,
)

MOST = 20
"""Keys of one person; one for each device is a few."""
LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class Answer:
    """What a browser said to a question of ours: `text` is JSON, `challenge` the one that was asked with."""

    party: RelyingParty
    challenge: str
    text: str


def add_passkey(*, actor: Authority, name: str, answer: Answer) -> Passkey:
    """A further key of one's own; `place_of_new_key` says what it opens.

    Raises StepUpNeeded, InvalidInput naming the field, PasskeyNotTaken.
    """
    if actor.user_id is None:
        raise NoPerson
    require_fresh(actor)
    with transaction.atomic(savepoint=False):
        lock_person(actor.user_id)
        only_in = place_of_new_key(actor)
        return enrol_passkey(actor.ref, user_id=actor.user_id, only_in=only_in, name=name, answer=answer)


def enrol_passkey(actor: ActorRef, *, user_id: UUID, only_in: UUID | None, name: str, answer: Answer) -> Passkey:
    """Take a person's new key, whoever lets them have one; raises InvalidInput naming the field, PasskeyNotTaken."""
    called = _checked_name(name)
    try:
        key = read_new(answer.party, answer.challenge, answer.text)
    except NotProved as failure:
        raise PasskeyNotTaken from failure
    if Passkey.objects.filter(user_id=user_id, revoked_at=None).count() >= MOST:
        raise PasskeyNotTaken(_("There are as many passkeys as one person may have. Remove one first."))
    passkey = Passkey(
        user_id=user_id,
        only_in=only_in,
        name=called,
        credential_id=key.credential_id,
        public_key=key.public_key,
        sign_count=key.sign_count,
        transports=list(key.transports),
        is_backed_up=key.is_backed_up,
    )
    try:
        with transaction.atomic():
            passkey.save(force_insert=True)
    except IntegrityError as failure:
        raise PasskeyNotTaken from failure
    record(actor, "identity.passkey.added", passkey, {"name": called, "is_confined": only_in is not None})
    return passkey


def rename_passkey(*, actor: Authority, passkey_id: UUID, name: str) -> Passkey:
    """Call one's key something else; raises NotFound, StepUpNeeded, InvalidInput naming the field."""
    with transaction.atomic(savepoint=False):
        passkey = _lock_own(actor, passkey_id)
        require_fresh(actor)
        before, passkey.name = passkey.name, _checked_name(name)
        if passkey.name != before:
            Passkey.objects.filter(id=passkey.id).update(name=passkey.name)
            record(actor.ref, "identity.passkey.renamed", passkey, {"from": before, "to": passkey.name})
        return passkey


def remove_passkey(*, actor: Authority, passkey_id: UUID) -> None:
    """End one's key now; raises NotFound, StepUpNeeded, and LastWayIn where nothing else would open the door."""
    with transaction.atomic(savepoint=False):
        passkey = _lock_own(actor, passkey_id)
        require_fresh(actor)
        require_way_left(actor, without_passkey=passkey)
        Passkey.objects.filter(id=passkey.id).update(revoked_at=Now())
        record(actor.ref, "identity.passkey.removed", passkey, {"name": passkey.name})


def _lock_own(actor: Authority, passkey_id: UUID) -> Passkey:
    if actor.user_id is None or actor.session_id is None:
        raise NotFound
    lock_person(actor.user_id)
    passkey = passkeys_shown_to(actor).filter(id=passkey_id).first()
    if passkey is None:
        raise NotFound
    return passkey


def _checked_name(name: str) -> str:
    called = " ".join(name.replace("\x00", "").split())
    if not 0 < len(called) <= LONGEST_NAME:
        raise InvalidInput({"name": [_("Give it a name of at most 100 characters, such as the device it is on.")]})
    return called


def use_passkey(answer: Answer) -> Passkey:
    """The key by which somebody proved who they are, counted on; raises InvalidCredentials, whatever was wrong."""
    try:
        credential_id = credential_of(answer.text)
    except NotProved as failure:
        raise InvalidCredentials(method=Method.PASSKEY) from failure
    living = Passkey.objects.filter(revoked_at=None, user__is_active=True).select_related("user")
    passkey = living.select_for_update(of=("self",)).filter(credential_id=credential_id).first()
    if passkey is None:
        raise InvalidCredentials(method=Method.PASSKEY)
    try:
        use = read_known(answer.party, answer.challenge, bytes(passkey.public_key), answer.text)
    except NotProved as failure:
        raise InvalidCredentials(person_id=passkey.user_id, method=Method.PASSKEY) from failure
    if use.handle != handle_of(passkey.user_id, passkey.only_in):
        raise InvalidCredentials(person_id=passkey.user_id, method=Method.PASSKEY)
    if not has_counted_on(passkey.sign_count, use.sign_count):
        raise InvalidCredentials(person_id=passkey.user_id, method=Method.PASSKEY, why="counter")
    Passkey.objects.filter(id=passkey.id).update(sign_count=use.sign_count, last_used_at=Now())
    return passkey


def sign_in_by_passkey(
    *, answer: Answer, organization: str = "", kind: str, caller: Caller, request_id: str
) -> Entered:
    """A session for whoever's key it is: in the organisation that the key opens, else in the first that takes keys.

    Raises InvalidCredentials.
    """
    with transaction.atomic(savepoint=False):
        passkey = use_passkey(answer)
        memberships = list_memberships(passkey.user_id)
        if passkey.only_in is not None:
            memberships = [each for each in memberships if each.organization_id == passkey.only_in]
        membership = choose_membership(memberships, organization, Method.PASSKEY)
        if membership is None:
            raise InvalidCredentials(person_id=passkey.user_id, method=Method.PASSKEY, why="policy")
        session = open_session(
            user=passkey.user,
            membership=membership,
            kind=kind,
            method=Method.PASSKEY,
            is_confined=passkey.only_in is not None,
            agent=caller.agent,
            address=caller.address,
            request_id=request_id,
        )
        return Entered(passkey.user, membership, session)
