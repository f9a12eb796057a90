"""What a person has to prove who they are."""

from uuid import UUID

from django.db.models import Q, QuerySet

from bailiwick.kernel.base.actors import Authority
from bailiwick.kernel.identity.models import Passkey, RecoveryCode, Totp
from bailiwick.kernel.identity.queries.people import list_memberships


def passkeys_shown_to(actor: Authority) -> QuerySet[Passkey]:
    """The keys of whoever acts that count here: a session that opens this organisation alone shows its keys alone."""
    if actor.user_id is None:
        return Passkey.objects.none()
    shown = Q(only_in=actor.organization_id)
    if not actor.is_confined:
        shown |= Q(only_in=None)
    return Passkey.objects.filter(shown, user_id=actor.user_id, revoked_at=None)


def list_passkeys(actor: Authority) -> list[Passkey]:
    """One's own keys, the oldest first."""
    return list(passkeys_shown_to(actor).order_by("created_at", "id"))


def place_of_new_key(actor: Authority) -> UUID | None:
    """The one organisation that a key made now opens; None is every one.

    A key is worth no more than the proof by which it was made: where an organisation of the person does not take how
    they came in, a password perhaps, the key opens this organisation alone, and is no way around the other's policy.
    """
    if actor.user_id is None or actor.is_confined:
        return actor.organization_id
    is_taken_everywhere = all(each.takes(actor.method) for each in list_memberships(actor.user_id))
    return None if is_taken_everywhere else actor.organization_id


def list_credential_ids(user_id: UUID, only_in: UUID | None) -> list[bytes]:
    """What an authenticator needs in order to refuse a second key for the same person and place."""
    own = Passkey.objects.filter(user_id=user_id, only_in=only_in, revoked_at=None)
    return [bytes(each) for each in own.order_by("created_at").values_list("credential_id", flat=True)]


def list_places_of_passkeys(user_id: UUID) -> list[tuple[UUID, UUID | None]]:
    """A person's keys, each with the organisation that it opens; None stands for every one."""
    return list(Passkey.objects.filter(user_id=user_id, revoked_at=None).values_list("id", "only_in"))


def find_application(user_id: UUID) -> Totp | None:
    """A person's application, confirmed or still being set up."""
    return Totp.objects.filter(user_id=user_id, ended_at=None).first()


def count_recovery_codes(user_id: UUID) -> int:
    """How many codes on paper are left."""
    return RecoveryCode.objects.filter(user_id=user_id, used_at=None, ended_at=None).count()
