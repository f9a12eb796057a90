"""Why somebody may, and what they may see."""

from bailiwick.kernel.access.queries.explaining import Explanation, explain, list_helpers
from bailiwick.kernel.access.queries.grants import (
    Held,
    list_appointed,
    list_deputies_of,
    list_grants_of,
    list_grants_over,
    list_holders,
    list_past_grants_of,
    list_principals_of,
    list_roles_of,
    list_waiting_grants,
    own_rights,
    rights_of_member,
)
from bailiwick.kernel.access.queries.roles import (
    highest_role,
    in_order,
    is_role,
    list_own_roles,
    list_roles_to_give,
    manages,
    require_manager,
    rights_of,
    titles_of,
)
from bailiwick.kernel.access.queries.visibility import visible_to

__all__ = [
    "Explanation",
    "Held",
    "explain",
    "highest_role",
    "in_order",
    "is_role",
    "list_appointed",
    "list_deputies_of",
    "list_grants_of",
    "list_grants_over",
    "list_helpers",
    "list_holders",
    "list_own_roles",
    "list_past_grants_of",
    "list_principals_of",
    "list_roles_of",
    "list_roles_to_give",
    "list_waiting_grants",
    "manages",
    "own_rights",
    "require_manager",
    "rights_of",
    "rights_of_member",
    "titles_of",
    "visible_to",
]
