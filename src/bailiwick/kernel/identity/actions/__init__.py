"""The writes of identity."""

from bailiwick.kernel.identity.actions.addresses import confirm_address, record_mailed_address_link
from bailiwick.kernel.identity.actions.keys import revoke_key, write_key
from bailiwick.kernel.identity.actions.passwords import change_password, record_mailed_link, reset_password
from bailiwick.kernel.identity.actions.people import PERSONAL, add_member, change_person, create_user
from bailiwick.kernel.identity.actions.sessions import (
    end_own_sessions,
    end_replayed_session,
    end_session,
    end_sessions_of_person,
    open_session,
    remove_old_sessions,
    require_fresh,
    rotate_refresh,
    switch_session,
)
from bailiwick.kernel.identity.actions.signing_in import Entered, Pending, record_failed_sign_in, sign_in

__all__ = [
    "PERSONAL",
    "Entered",
    "Pending",
    "add_member",
    "change_password",
    "change_person",
    "confirm_address",
    "create_user",
    "end_own_sessions",
    "end_replayed_session",
    "end_session",
    "end_sessions_of_person",
    "open_session",
    "record_failed_sign_in",
    "record_mailed_address_link",
    "record_mailed_link",
    "remove_old_sessions",
    "require_fresh",
    "reset_password",
    "revoke_key",
    "rotate_refresh",
    "sign_in",
    "switch_session",
    "write_key",
]
