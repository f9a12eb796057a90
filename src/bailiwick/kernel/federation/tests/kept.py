"""What a directory keeps in an organisation of tests."""

from dataclasses import dataclass

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.federation.actions.groups import map_group
from bailiwick.kernel.federation.actions.scim import add_person
from bailiwick.kernel.federation.actions.scim_groups import add_group
from bailiwick.kernel.federation.models import DirectoryGroup, DirectoryUser, GroupRole
from bailiwick.kernel.federation.rules.scim import Group, Person


@dataclass(frozen=True, slots=True)
class Kept:
    """A person in a group that means a role; the mark stands in every name."""

    person: DirectoryUser
    group: DirectoryGroup
    mapping: GroupRole


def keep(actor: Actor, mark: str) -> Kept:
    mapping = map_group(actor=actor, provider_id=None, group=mark, role="reviewer")
    person = add_person(actor=actor, given=Person(user_name=mark, external_id=mark, display_name=mark))
    group = add_group(actor=actor, given=Group(display_name=mark, members=[{"value": str(person.id)}]))
    return Kept(person, group, mapping)
