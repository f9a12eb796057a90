"""What is done by the clock, or after a change: asking directories, and giving the roles that groups mean."""

from typing import Any
from uuid import UUID

from bailiwick.kernel.base.actors import ActorRef
from bailiwick.kernel.base.outbound import AddressRefused, NotReachable
from bailiwick.kernel.federation.actions.groups import apply_groups_to
from bailiwick.kernel.federation.actions.sync import follow_directory, note_sync
from bailiwick.kernel.federation.errors import DirectoryFault
from bailiwick.kernel.federation.gateways.ldap import look_up
from bailiwick.kernel.federation.models import Account, Provider
from bailiwick.kernel.federation.queries.groups import (
    groups_of_person,
    kept_people,
    list_directories,
    list_followed,
    told_groups,
)
from bailiwick.kernel.identity.choices import Credential
from bailiwick.kernel.jobs.running import Run

AT_ONCE = 100
"""People in one step."""


def sync_directories(run: Run) -> dict[str, Any]:
    """Ask every directory of the organisation whom it still has; one that does not answer changes nothing."""
    with run.read():
        providers = list_directories()
    changed = sum(_sync(run, provider) for provider in providers)
    return {"directories": len(providers), "changed": changed}


def _sync(run: Run, provider: Provider) -> int:
    with run.read():
        accounts = list_followed(provider.id)
    try:
        # Nothing is locked and no transaction is open while the directory takes its time.
        found = look_up(provider, [account.subject for account in accounts])
    except (DirectoryFault, NotReachable, AddressRefused) as fault:
        with run.step():
            note_sync(provider.id, str(fault))
        return 0
    changed = 0
    for start in range(0, len(accounts), AT_ONCE):
        with run.step():
            changed += follow_directory(_house(run), accounts[start : start + AT_ONCE], found)
    with run.step():
        note_sync(provider.id)
    return changed


def give_roles(run: Run) -> dict[str, Any]:
    """Give and end the roles that the groups of one provider mean, or without one those that SCIM keeps."""
    provider = UUID(run.arguments["provider"]) if run.arguments["provider"] else None
    while True:
        after = UUID(run.position["after"]) if "after" in run.position else None
        with run.step():
            page = told_groups(provider, after, AT_ONCE) if provider else kept_people(after, AT_ONCE)
            groups = {
                each.member_id: each.groups if isinstance(each, Account) else groups_of_person(each.id) for each in page
            }
            apply_groups_to(_house(run), provider_id=provider, groups=groups)
            run.done += len(page)
            if page:
                run.position["after"] = str(page[-1].id)
        if len(page) < AT_ONCE:
            return {"people": run.done}


def _house(run: Run) -> ActorRef:
    return ActorRef(run.organization_id, None, Credential.SYSTEM)
