"""What a directory says of the people whom it vouched for, written down."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now

from bailiwick.kernel.access.actions.turns import lock_members
from bailiwick.kernel.audit.actions import record
from bailiwick.kernel.base.actors import ActorRef
from bailiwick.kernel.federation.actions.groups import apply_groups, end_roles_of
from bailiwick.kernel.federation.models import Account, Provider
from bailiwick.kernel.federation.values import Vouched
from bailiwick.kernel.identity.actions.memberships import end_membership, resume_membership
from bailiwick.kernel.identity.choices import SessionEnd
from bailiwick.kernel.identity.queries.policies import get_policy


def follow_directory(actor: ActorRef, accounts: Iterable[Account], found: Mapping[str, Vouched]) -> int:
    """Let go whom the directory has no longer, take back whom it has again, and give the roles of their groups.

    Returns for how many something changed. Whoever opens the door when all else fails stays.
    """
    with transaction.atomic(savepoint=False):
        kept = get_policy().break_glass_id
        other = [each for each in accounts if each.member_id != kept and _differs(each, found.get(each.subject))]
        lock_members(*[each.member_id for each in other])
        return sum(_follow(actor, each, found.get(each.subject)) for each in other)


def _differs(account: Account, vouched: Vouched | None) -> bool:
    if vouched is None:
        return account.left_at is None
    return account.left_at is not None or sorted(vouched.groups) != sorted(account.groups)


def _follow(actor: ActorRef, account: Account, vouched: Vouched | None) -> bool:
    if vouched is None:
        return _let_go(actor, account)
    if account.left_at is not None:
        _take_back(actor, account)
    groups = sorted(vouched.groups)
    Account.objects.filter(id=account.id).update(groups=groups)
    apply_groups(actor, member_id=account.member_id, provider_id=account.provider_id, groups=groups)
    return True


def _let_go(actor: ActorRef, account: Account) -> bool:
    if not end_membership(actor, member_id=account.member_id, why=SessionEnd.PROVIDER):
        return False  # somebody of the organisation did it before, and only they take it back
    end_roles_of(actor, member_id=account.member_id)
    Account.objects.filter(id=account.id).update(left_at=Now(), groups=[])
    apply_groups(actor, member_id=account.member_id, provider_id=account.provider_id, groups=())
    record(actor, "federation.account.left", account, {"member": str(account.member_id)})
    return True


def _take_back(actor: ActorRef, account: Account) -> None:
    Account.objects.filter(id=account.id).update(left_at=None)
    resume_membership(actor, member_id=account.member_id)
    record(actor, "federation.account.returned", account, {"member": str(account.member_id)})


def note_sync(provider_id: UUID, fault: str = "") -> None:
    """When a directory last answered, or why it does not; what it said before stands."""
    if fault:
        Provider.objects.filter(id=provider_id).update(sync_error=fault[:500])
    else:
        Provider.objects.filter(id=provider_id).update(sync_error="", synced_at=Now())
