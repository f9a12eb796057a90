"""Every role over one thing opens no address that asks for a right over the organisation."""

from bailiwick.kernel.access.models import Grant
from bailiwick.kernel.api.matrix import endpoints
from bailiwick.kernel.base.manifest import registry
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.factories import actor_for, new_member
from tests.isolation.test_matrix import changes, signing_in, surprises
from tests.worlds import World, contents


def test_all_roles_over_one_thing_pass_nowhere_that_shows_everything(mine: World) -> None:
    holder = new_member(mine.organization)
    with enter(mine.organization.id):
        for role in registry().roles:
            # As it stands, whatever is kept apart in this organisation.
            place = {"object_type": "predictions.prediction", "object_id": mine.waiting.id}
            Grant.objects.create(member=holder, role=role, **place)
    actor = actor_for(holder)
    assert (actor.rights, actor.object_rights) == (
        set(),
        {each for r in registry().roles.values() for each in r.rights},
    )
    sign_in, before = signing_in(holder), contents(mine)
    found = list(surprises(sign_in, (), mine, (each for each in endpoints() if not each.admits(()))))
    assert not found, "\n".join(found)
    assert not changes(before, mine)
