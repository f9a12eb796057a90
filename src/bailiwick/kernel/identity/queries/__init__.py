"""The reads of identity."""

from bailiwick.kernel.identity.queries.people import (
    Membership,
    choose_membership,
    find_by_login,
    find_member,
    find_person,
    get_member,
    list_member_names,
    list_memberships,
    list_people_to_mail,
)
from bailiwick.kernel.identity.queries.policies import count_ways, get_policy, list_own_ways, list_ways_to_confirm
from bailiwick.kernel.identity.queries.sessions import (
    Place,
    SeenSession,
    find_place,
    get_session,
    has_codes,
    list_sessions,
)

__all__ = [
    "Membership",
    "Place",
    "SeenSession",
    "choose_membership",
    "count_ways",
    "find_by_login",
    "find_member",
    "find_person",
    "find_place",
    "get_member",
    "get_policy",
    "get_session",
    "has_codes",
    "list_member_names",
    "list_memberships",
    "list_own_ways",
    "list_people_to_mail",
    "list_sessions",
    "list_ways_to_confirm",
]
