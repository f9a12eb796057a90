"""Months that are over, and whoever may do anything: for tests of what is kept how long."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import count
from typing import Any
from uuid import UUID

import psycopg
from django.db import connection
from django.utils.timezone import now

from bailiwick.kernel.audit.actions.retention import change_period
from bailiwick.kernel.audit.models import Event
from bailiwick.kernel.audit.rules.keys import first_key, moment_of
from bailiwick.kernel.audit.rules.retention import kept_from
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.factories import actor_for
from bailiwick.kernel.testing.sealing import seal_everything

YEAR = 12
_numbers = count(1)


class Owner:
    """Whoever may do anything: moves the clock of what was decided, and makes months of the past."""

    def __init__(self, database: psycopg.Connection[tuple[Any, ...]]) -> None:
        self.database = database

    def run(self, statement: str, *values: object) -> None:
        self.database.execute(statement, values)

    def wait(self, days: int = 30) -> None:
        """Let so many days pass for periods and holds."""
        self.run("SET session_replication_role = replica")
        self.run("UPDATE audit_retentionperiod SET counts_from = counts_from - make_interval(days => %s)", days)
        self.run("UPDATE audit_legalhold SET lifted_at = lifted_at - make_interval(days => %s)", days)
        self.run("SET session_replication_role = DEFAULT")

    def make_month(self, first: datetime) -> str:
        """A partition of events as it stood since then."""
        name, after = f"audit_event_{first:%Y_%m}", kept_from(-1, first)
        self.run("SET ROLE app_owner")
        self.run(
            f"CREATE TABLE {name} PARTITION OF audit_event FOR VALUES"
            f" FROM ('{first_key(first)}') TO ('{first_key(after)}')"
        )
        self.run(f"SELECT audit_close_partition('{name}')")
        self.run("RESET ROLE")
        return name

    def has_table(self, name: str) -> bool:
        found = self.database.execute("SELECT to_regclass(%s)", ["public." + name]).fetchone()
        return found is not None and found[0] is not None


def month(back: int) -> datetime:
    """The first moment of the month so many months ago."""
    return kept_from(back, now())


def happened(organization: Any, *moments: datetime) -> None:
    """Events of the past, under a seal since."""
    with enter(organization.id), connection.cursor() as cursor:
        for moment in moments:
            cursor.execute(
                "INSERT INTO audit_event (id, at, verb, subject_type, subject_id, credential, request_id, data)"
                " VALUES (%s, %s, 'past', 'x', uuidv7(), 'system', '', '{}')",
                [key_of(moment), moment],
            )
    seal_everything(organization.id)


def key_of(moment: datetime) -> UUID:
    return UUID(int=first_key(moment).int + next(_numbers))


def keep(keeper: Member, months: int | None, kind: str = "events") -> None:
    with enter(keeper.organization_id, member_id=keeper.id):
        change_period(actor=actor_for(keeper), kind=kind, months=months)


def past_of(organization: Any) -> list[datetime]:
    with enter(organization.id):
        return [moment_of(key) for key in Event.objects.filter(verb="past").order_by("id").values_list("id", flat=True)]


@contextmanager
def acting(keeper: Member) -> Iterator[Any]:
    with enter(keeper.organization_id, member_id=keeper.id):
        yield actor_for(keeper)
