"""How a table's history is kept by the database itself."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db.models import Model

from bailiwick.kernel.tenancy.constraints import DatabaseRule


class AppendOnly(DatabaseRule):
    """The table is its own record: the runtime role adds rows and never changes or removes one."""

    def make(self, model: type[Model], quote: Any) -> str:
        return f"REVOKE UPDATE, DELETE, TRUNCATE ON {quote(model._meta.db_table)} FROM {self._role(quote)}"

    def unmake(self, model: type[Model], quote: Any) -> str:
        return f"GRANT UPDATE, DELETE ON {quote(model._meta.db_table)} TO {self._role(quote)}"

    def _role(self, quote: Any) -> str:
        return str(quote(settings.DATABASE_RUNTIME_ROLE))


class WrittenNow(DatabaseRule):
    """The runtime role writes rows of its own transaction and epoch: none into what is sealed, none into the future."""

    def make(self, model: type[Model], quote: Any) -> str:
        return (
            f"CREATE POLICY {quote(self.name)} ON {quote(model._meta.db_table)} AS RESTRICTIVE FOR INSERT "
            f"TO {quote(settings.DATABASE_RUNTIME_ROLE)} "
            "WITH CHECK (transaction_id = pg_current_xact_id() AND epoch = app_epoch())"
        )

    def unmake(self, model: type[Model], quote: Any) -> str:
        return f"DROP POLICY {quote(self.name)} ON {quote(model._meta.db_table)}"


class RowChanges(DatabaseRule):
    """A trigger records every change of a row, whoever writes it; rows are never deleted by the runtime role.

    `masked` columns show that they changed but not to what; `skipped` ones are not recorded; `inserts` says
    whether the first state is recorded too (it is derivable where the row is made with its subject). `unless` is SQL
    over OLD: rows that only keep time.
    """

    def __init__(
        self,
        *,
        name: str,
        masked: Sequence[str] = (),
        skipped: Sequence[str] = (),
        inserts: bool = True,
        unless: str = "",
    ) -> None:
        super().__init__(name=name)
        self.masked, self.skipped, self.inserts, self.unless = tuple(masked), tuple(skipped), inserts, unless

    def make(self, model: type[Model], quote: Any) -> str:
        table, role = quote(model._meta.db_table), quote(settings.DATABASE_RUNTIME_ROLE)
        events = "INSERT OR UPDATE OR DELETE" if self.inserts else "UPDATE OR DELETE"
        condition = f"WHEN (NOT ({self.unless})) " if self.unless else ""
        return (
            f"REVOKE DELETE, TRUNCATE ON {table} FROM {role}; "
            f"CREATE TRIGGER {quote(self.name)} AFTER {events} ON {table} FOR EACH ROW {condition}EXECUTE FUNCTION "
            f"audit_row_change('{{{','.join(self.masked)}}}', '{{{','.join(self.skipped)}}}')"
        )

    def unmake(self, model: type[Model], quote: Any) -> str:
        table, role = quote(model._meta.db_table), quote(settings.DATABASE_RUNTIME_ROLE)
        return f"DROP TRIGGER {quote(self.name)} ON {table}; GRANT DELETE ON {table} TO {role}"

    def deconstruct(self) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
        path, args, kwargs = super().deconstruct()
        kwargs |= {"masked": self.masked, "skipped": self.skipped, "inserts": self.inserts}
        kwargs |= {"unless": self.unless} if self.unless else {}
        return path, tuple(args), kwargs
