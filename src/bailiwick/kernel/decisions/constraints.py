"""Rules of decisions that PostgreSQL keeps."""

from typing import Any

from django.db.models import Model

from bailiwick.kernel.tenancy.constraints import DatabaseRule


class SameItem(DatabaseRule):
    """A decision supersedes one of the same item, that stands already (not deferrable: it cannot be its own past)."""

    def make(self, model: type[Model], quote: Any) -> str:
        table = quote(model._meta.db_table)
        return (
            f"ALTER TABLE {table} ADD CONSTRAINT {quote(self.name)} "
            "FOREIGN KEY (organization_id, item_id, supersedes_id) "
            f"REFERENCES {table} (organization_id, item_id, id)"
        )

    def unmake(self, model: type[Model], quote: Any) -> str:
        return f"ALTER TABLE {quote(model._meta.db_table)} DROP CONSTRAINT {quote(self.name)}"
