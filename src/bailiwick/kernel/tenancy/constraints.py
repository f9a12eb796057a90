"""Rules of tenancy that PostgreSQL keeps, written as constraints so that migrations carry them."""

from typing import Any

from django.conf import settings
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import BaseConstraint, Model

CURRENT = "(SELECT app_organization())"


class DatabaseRule(BaseConstraint):
    """A constraint that is plain SQL over its table: subclasses say how it is made and unmade."""

    def make(self, model: type[Model], quote: Any) -> str:
        raise NotImplementedError

    def unmake(self, model: type[Model], quote: Any) -> str:
        raise NotImplementedError

    def constraint_sql(self, model: type[Model] | None, schema_editor: BaseDatabaseSchemaEditor | None) -> None:  # type: ignore[override]
        assert model and schema_editor
        schema_editor.deferred_sql.append(self.create_sql(model, schema_editor))

    def create_sql(self, model: type[Model] | None, schema_editor: BaseDatabaseSchemaEditor | None) -> Any:
        assert model and schema_editor
        return self.make(model, schema_editor.quote_name)

    def remove_sql(self, model: type[Model] | None, schema_editor: BaseDatabaseSchemaEditor | None) -> Any:
        assert model and schema_editor
        return self.unmake(model, schema_editor.quote_name)

    def validate(self, *args: Any, **kwargs: Any) -> None:
        """The database alone can tell."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, type(self)) and self.deconstruct() == other.deconstruct()

    __hash__ = BaseConstraint.__hash__


class OrganizationPolicy(DatabaseRule):
    """Row-level security: the runtime role sees and writes rows of the organisation in scope, and no others."""

    def make(self, model: type[Model], quote: Any) -> str:
        table = quote(model._meta.db_table)
        return (
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY; "
            f"CREATE POLICY {quote(self.name)} ON {table} TO {quote(settings.DATABASE_RUNTIME_ROLE)} "
            f"USING (organization_id = {CURRENT}) WITH CHECK (organization_id = {CURRENT})"
        )

    def unmake(self, model: type[Model], quote: Any) -> str:
        table = quote(model._meta.db_table)
        return f"DROP POLICY {quote(self.name)} ON {table}; ALTER TABLE {table} DISABLE ROW LEVEL SECURITY"


class SameOrganization(DatabaseRule):
    """A foreign key that cannot point into another organisation: (organization_id, field) on both sides."""

    def __init__(self, *, field: str, name: str) -> None:
        super().__init__(name=name)
        self.field = field

    def make(self, model: type[Model], quote: Any) -> str:
        field = model._meta.get_field(self.field)
        target = field.related_model._meta.db_table  # type: ignore[union-attr]
        return (
            f"ALTER TABLE {quote(model._meta.db_table)} ADD CONSTRAINT {quote(self.name)} "
            f"FOREIGN KEY (organization_id, {quote(field.column)}) REFERENCES {quote(target)} (organization_id, id) "  # type: ignore[union-attr]
            "DEFERRABLE INITIALLY DEFERRED"
        )

    def unmake(self, model: type[Model], quote: Any) -> str:
        return f"ALTER TABLE {quote(model._meta.db_table)} DROP CONSTRAINT {quote(self.name)}"

    def deconstruct(self) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
        path, args, kwargs = super().deconstruct()
        return path, tuple(args), {**kwargs, "field": self.field}
