"""Rules of identity that PostgreSQL keeps."""

from typing import Any

from django.conf import settings
from django.db.models import Model

from bailiwick.kernel.tenancy.constraints import DatabaseRule


class OwnMemberships(DatabaseRule):
    """While no organisation is set, a person may read their own memberships: to choose one."""

    def make(self, model: type[Model], quote: Any) -> str:
        return (
            f"CREATE POLICY {quote(self.name)} ON {quote(model._meta.db_table)} FOR SELECT "
            f"TO {quote(settings.DATABASE_RUNTIME_ROLE)} "
            "USING ((SELECT app_organization()) IS NULL AND user_id = (SELECT app_user()))"
        )

    def unmake(self, model: type[Model], quote: Any) -> str:
        return f"DROP POLICY {quote(self.name)} ON {quote(model._meta.db_table)}"
