"""What keeps a person from locking themselves out."""

from uuid import UUID

from bailiwick.kernel.base.actors import Authority
from bailiwick.kernel.identity.choices import Method
from bailiwick.kernel.identity.errors import LastWayIn
from bailiwick.kernel.identity.models import Passkey, User
from bailiwick.kernel.identity.queries import Membership, has_codes, list_memberships
from bailiwick.kernel.identity.queries.factors import list_places_of_passkeys
from bailiwick.kernel.identity.rules.ways import is_locked_out, ways_in


def lock_person(user_id: UUID) -> User:
    """Two changes of how one person signs in wait for each other."""
    return User.objects.select_for_update().get(id=user_id)


def require_way_left(
    actor: Authority, *, without_passkey: Passkey | None = None, without_application: bool = False
) -> None:
    """Raises LastWayIn when an organisation that lets whoever acts in would not any more; the person is locked."""
    assert actor.user_id, "only a person signs in"
    user, has_application = User.objects.get(id=actor.user_id), has_codes(actor.user_id)
    keys = list_places_of_passkeys(actor.user_id)
    places = {only_in for _key, only_in in keys}
    places_left = {only_in for key, only_in in keys if without_passkey is None or key != without_passkey.id}

    def ways(membership: Membership, opened: set[UUID | None], has_codes_there: bool) -> set[str]:
        is_here = membership.organization_id == actor.organization_id
        return ways_in(
            has_password=user.has_usable_password(),
            has_application=has_codes_there,
            has_passkey=not opened.isdisjoint({None, membership.organization_id}),
            has_provider=is_here and actor.method == Method.PROVIDER,
        )

    for membership in list_memberships(actor.user_id):
        before = ways(membership, places, has_application)
        after = ways(membership, places_left, has_application and not without_application)
        if is_locked_out(Method.values if membership.methods is None else membership.methods, before, after):
            raise LastWayIn(organization=membership.organization_name)
