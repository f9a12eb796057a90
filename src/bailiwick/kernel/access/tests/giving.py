"""Roles of the tests' own, and short ways to give, deputise and ask."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction

from bailiwick.kernel.access.actions import give_grant, name_deputy, setup_roles
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.access.errors import Forbidden
from bailiwick.kernel.access.models import Grant, Role
from bailiwick.kernel.base import manifest
from bailiwick.kernel.base.manifest import Conflict, registry
from bailiwick.kernel.base.money import Money
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.tenancy.models import Organization
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.factories import actor_for

DAY = timedelta(days=1)
DO, CHECK, PAY = "tests.do", "tests.check", "tests.pay"
DOER, CHECKER, PAYER, TRUSTED = "tests-doer", "tests-checker", "tests-payer", "tests-trusted"
RIGHTS = (manifest.Right(DO, "Do"), manifest.Right(CHECK, "Check"), manifest.Right(PAY, "Pay", has_amount=True))
ROLES = (
    manifest.Role(DOER, "Doer", (DO,)),
    manifest.Role(CHECKER, "Checker", (CHECK,)),
    manifest.Role(PAYER, "Payer", (PAY,)),
    manifest.Role(TRUSTED, "Trusted", (DO,), needs_two=True),
)
APART = Conflict(DO, CHECK, "Nobody checks their own work")


def declare(patch: pytest.MonkeyPatch, *conflicts: Conflict) -> None:
    """The tests' rights and roles, and what is kept apart, as if a manifest declared them."""
    for right in RIGHTS:
        patch.setitem(registry().rights, right.code, right)
    for role in ROLES:
        patch.setitem(registry().roles, role.code, role)
    patch.setattr(manifest.Registry, "conflicts", property(lambda _registry: list(conflicts)))


@contextmanager
def declared(patch: pytest.MonkeyPatch, organization: Organization, *conflicts: Conflict) -> Iterator[None]:
    """Within the organisation, whose roles they are as well."""
    declare(patch, *conflicts)
    with enter(organization.id):
        setup_roles()
        yield


def give(actor: Actor, member: Member, role: str = DOER, **values: Any) -> Grant:
    with transaction.atomic():
        return give_grant(actor=actor, member_id=member.id, role=role, **values)


def deputise(actor: Actor, member: Member, until: datetime, **values: Any) -> list[Grant]:
    with transaction.atomic():
        return name_deputy(actor=actor, member_id=member.id, valid_until=until, **values)


def may(member: Member, right: str = DO, over: Member | None = None, amount: Money | None = None) -> bool:
    try:
        actor_for(member).require(right, over=over, amount=amount)
    except Forbidden:
        return False
    return True


def role_of(code: str) -> Role:
    return Role.objects.get(code=code)


def euros(amount: str | int) -> Money:
    return Money(Decimal(amount), "EUR")
