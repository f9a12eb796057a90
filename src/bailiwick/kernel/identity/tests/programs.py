"""Keys of programs, for tests."""

import re
from typing import Any

from bailiwick.kernel.base.actors import ActorRef
from bailiwick.kernel.identity.actions import write_key
from bailiwick.kernel.identity.models import ApiKey, Member
from bailiwick.kernel.tenancy.scope import enter

SECRET = re.compile(r"bw_[\w-]{43}")
"""A key, as it is shown once."""


def made(program: Member, **values: Any) -> ApiKey:
    """A key of a program's that nobody issued."""
    system = ActorRef(program.organization_id, None, "system")
    with enter(program.organization_id):
        row, _key = write_key(system, member_id=program.id, name="Nightly", scopes=["predictions.submit"], **values)
        return ApiKey.objects.get(id=row.id)
