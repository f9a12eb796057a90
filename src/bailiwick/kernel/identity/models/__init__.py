"""People and their memberships, how they prove who they are, and the keys of programs."""

from bailiwick.kernel.identity.models.enrolment import Recovery, Ticket
from bailiwick.kernel.identity.models.factors import Device, Passkey, RecoveryCode, Totp
from bailiwick.kernel.identity.models.keys import ApiKey
from bailiwick.kernel.identity.models.people import Member, User, UserManager
from bailiwick.kernel.identity.models.policies import SignInPolicy
from bailiwick.kernel.identity.models.sessions import Session

__all__ = [
    "ApiKey",
    "Device",
    "Member",
    "Passkey",
    "Recovery",
    "RecoveryCode",
    "Session",
    "SignInPolicy",
    "Ticket",
    "Totp",
    "User",
    "UserManager",
]
