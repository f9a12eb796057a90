"""A SCIM filter as a condition of SQL: names come from the schema, values are parameters."""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import BooleanField
from django.db.models.expressions import RawSQL
from scim2_models import InvalidFilterException, Resource, ScimFilter
from scim2_models.path import (
    AttributeBinding,
    CompareOperator,
    Comparison,
    FilterVisitor,
    LogicalExpr,
    LogicalOperator,
    Not,
    Present,
    ValuePath,
    coerce_value,
)

Condition = tuple[str, list[Any]]
NEVER: Condition = ("FALSE", [])
MOST_TERMS = 50
COMPARED = {
    CompareOperator.eq: "{value} = {given}",
    CompareOperator.gt: "{value} > {given}",
    CompareOperator.ge: "{value} >= {given}",
    CompareOperator.lt: "{value} < {given}",
    CompareOperator.le: "{value} <= {given}",
    CompareOperator.co: "strpos({value}, {given}) > 0",
    CompareOperator.sw: "starts_with({value}, {given})",
    CompareOperator.ew: "right({value}, length({given})) = {given}",
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where the values of an attribute stand: an expression, and the rows that it is of where there are several."""

    value: str
    rows: str = ""

    def where(self, condition: Condition) -> Condition:
        sql, values = condition
        return (f"EXISTS (SELECT 1 FROM {self.rows} AND {sql})", values) if self.rows else condition


@dataclass(frozen=True, slots=True)
class Table:
    """How a kind of resource stands in the database.

    `columns` are of its own, by their Python names in the library; `rows` stand in other tables, each as what follows
    FROM, and its columns. `document` is the JSON with whatever is in neither; without one, it has no value.
    """

    columns: Mapping[str, str]
    rows: Mapping[str, tuple[str, Mapping[str, str]]] = field(default_factory=dict)
    document: str = ""

    def place(self, binding: AttributeBinding) -> Place | None:
        name = ".".join(part for part in (binding.field_name, binding.sub_field_name) if part)
        if name in self.columns:
            return Place(self.columns[name])
        if binding.field_name in self.rows:
            rows, columns = self.rows[binding.field_name]
            column = columns.get(binding.sub_field_name or "value")
            return Place(column, rows) if column else None
        if not self.document:
            return None
        return Place("(found #>> '{}')", f"jsonb_path_query({self.document}, '{_path(binding)}') found WHERE TRUE")

    def inside(self, binding: AttributeBinding) -> tuple[str, "Table"] | None:
        """The rows of an attribute with several values, and how each of them is asked in turn."""
        if binding.field_name in self.rows:
            rows, columns = self.rows[binding.field_name]
            return rows, Table(columns)
        if not self.document:
            return None
        rows = f"jsonb_path_query({self.document}, '{_path(binding)}[*]') entry WHERE TRUE"
        return rows, Table({}, {}, "entry")


def _path(binding: AttributeBinding) -> str:
    """Where the attribute is in the JSON; in lax mode, arrays on the way are entered."""
    names = binding.urn.rpartition(":")[2].split(".")
    schema = getattr(binding.model, "__schema__", "")
    if schema and not issubclass(binding.model, Resource):
        names.insert(0, str(schema))
    return "$" + "".join(f'."{name}"' for name in names)


def condition_of(wanted: ScimFilter[Any], table: Table) -> RawSQL:
    """What the rows of a table have to fulfil; raises InvalidFilterException."""
    sql, values = Conditions(wanted, table).visit(wanted.ast)
    return RawSQL(sql, values, output_field=BooleanField())  # noqa: S611  nothing in it is from the request


class Conditions(FilterVisitor[Condition]):
    """The condition of each part of a filter, as the library's own evaluation in memory would have it."""

    def __init__(self, wanted: ScimFilter[Any], table: Table) -> None:
        self.wanted, self.table = wanted, table

    def visit_comparison(self, node: Comparison) -> Condition:
        binding = self.wanted.resolve_comparison(node.attr_path, strict=False)
        place = self.table.place(binding) if binding else None
        if binding is None or place is None:
            return NEVER
        given = coerce_value(binding, node.value, node.op)
        if node.op not in (CompareOperator.eq, CompareOperator.ne):
            return place.where(_compare(place.value, node.op, given, binding)) if given is not None else NEVER
        # There is a value, and it is not null: what equals null has none.
        is_same = (f"{place.value} IS NOT NULL", []) if given is None else _equal(place.value, given, binding)
        sql, values = place.where(is_same)
        is_negated = (node.op == CompareOperator.ne) != (given is None)
        return (f"({sql}) IS NOT TRUE", values) if is_negated else (sql, values)

    def visit_present(self, node: Present) -> Condition:
        binding = self.wanted.resolve(node.attr_path, strict=False)
        place = self.table.place(binding) if binding else None
        return place.where((f"{place.value}::text <> ''", [])) if place else NEVER

    def visit_not(self, node: Not) -> Condition:
        sql, values = self.visit(node.expr)
        return f"({sql}) IS NOT TRUE", values

    def visit_logical_expr(self, node: LogicalExpr) -> Condition:
        if len(node.terms) > MOST_TERMS:
            raise InvalidFilterException(detail=f"A filter joins at most {MOST_TERMS} terms.")
        conditions = [self.visit(term) for term in node.terms]
        joint = " AND " if node.op == LogicalOperator.and_ else " OR "
        sql = joint.join(sql for sql, _values in conditions)
        return f"({sql})", [value for _sql, values in conditions for value in values]

    def visit_value_path(self, node: ValuePath) -> Condition:
        binding = self.wanted.resolve(node.attr_path, strict=False)
        inside = self.table.inside(binding) if binding else None
        if binding is None or inside is None:
            return NEVER
        rows, table = inside
        kind: Any = ScimFilter
        sql, values = Conditions(kind[binding.field_type](node.val_filter), table).visit(node.val_filter)
        return f"EXISTS (SELECT 1 FROM {rows} AND {sql})", values


def _equal(column: str, given: Any, binding: AttributeBinding) -> Condition:
    return _compare(column, CompareOperator.eq, given, binding)


def _compare(column: str, operator: CompareOperator, given: Any, binding: AttributeBinding) -> Condition:
    given = getattr(given, "value", given)  # of an enumeration
    parameter: Any
    if isinstance(given, datetime):
        value, shown, parameter = column, "%s", given
    elif isinstance(given, bool):
        value, shown, parameter = f"{column}::text", "%s", str(given).lower()
    elif isinstance(given, bytes):
        value, shown, parameter = column, "%s", b64encode(given).decode()
    elif binding.case_exact:
        value, shown, parameter = f"{column}::text", "%s::text", str(given)
    else:
        value, shown, parameter = f"lower({column}::text)", "lower(%s::text)", str(given)
    sql = COMPARED[operator].format(value=value, given=shown)
    return sql, [parameter] * sql.count("%s")
