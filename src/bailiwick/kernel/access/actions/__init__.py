"""The writes of access."""

from bailiwick.kernel.access.actions.approvals import approve_grant, may_approve
from bailiwick.kernel.access.actions.conflicts import add_conflict, end_conflict
from bailiwick.kernel.access.actions.deputies import end_deputy, name_deputy
from bailiwick.kernel.access.actions.grants import end_grant, end_passed_on, end_trees, give_grant, write_grant
from bailiwick.kernel.access.actions.roles import add_role, edit_role, end_role, follow_role, setup_roles

__all__ = [
    "add_conflict",
    "add_role",
    "approve_grant",
    "edit_role",
    "end_conflict",
    "end_deputy",
    "end_grant",
    "end_passed_on",
    "end_role",
    "end_trees",
    "follow_role",
    "give_grant",
    "may_approve",
    "name_deputy",
    "setup_roles",
    "write_grant",
]
