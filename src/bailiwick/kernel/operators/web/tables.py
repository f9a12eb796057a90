"""Django's admin over every table of the organisation in scope: to look at, never to write."""

from collections.abc import Callable
from functools import cached_property
from typing import Any
from uuid import UUID

from django.contrib.admin import AdminSite, ModelAdmin
from django.contrib.admin.views.main import ChangeList
from django.contrib.postgres.fields import ArrayField
from django.core.paginator import Paginator
from django.db.models import (
    BinaryField,
    BooleanField,
    CharField,
    DateTimeField,
    ForeignKey,
    JSONField,
    Model,
    QuerySet,
    TextField,
)
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from bailiwick.kernel.audit.constraints import RowChanges
from bailiwick.kernel.operators.queries import list_rows, list_tables
from bailiwick.kernel.web.moments import absolute

MOST_ROWS = 1000
"""How far back a list can be walked; a row that is known by its id is found however old it is."""
MOST_COLUMNS = 8
LONGEST_IN_LIST = 200

Column = str | Callable[[Model], Any]


class NewestRows(Paginator):  # type: ignore[type-arg]
    """Counts no further than it shows."""

    @cached_property
    def count(self) -> int:
        return int(self.object_list[:MOST_ROWS].count())  # type: ignore[attr-defined]


class Rows(ChangeList):
    """A list in the order of its keys, whatever the address asks for."""

    def get_ordering(self, request: HttpRequest, queryset: QuerySet[Any]) -> list[Any]:
        return ["-pk"]

    def url_for_result(self, result: Model) -> str:
        return address_of(result._meta.db_table, result.pk)


class RowsAdmin(ModelAdmin):  # type: ignore[type-arg]
    """One table: its newest rows, and each by its key, without what identifies or opens."""

    actions = None
    sortable_by = ()
    list_per_page = 100
    list_max_show_all = 0
    show_full_result_count = False
    show_facets = False  # type: ignore[assignment]
    paginator = NewestRows
    view_on_site = False

    @cached_property
    def columns(self) -> dict[str, Column]:
        """What is shown of a row, by the name of the field."""
        shown = (field for field in self.model._meta.local_fields if is_shown(field))
        return {field.name: self._column(field) for field in shown}

    def _column(self, field: Any) -> Column:
        """By name, as the admin shows it, but in words what it draws or shortens; a key of another row leads there."""
        if isinstance(field, ForeignKey) and field.related_model in self.admin_site._registry:
            table = field.related_model._meta.db_table
            return _told(field, lambda key: format_html('<a href="{}">{}</a>', address_of(table, key), key))
        if isinstance(field, DateTimeField):
            return _told(field, absolute)
        if isinstance(field, BooleanField):
            return _told(field, lambda value: _("yes") if value else _("no"))
        return str(field.attname)

    def get_list_display(self, request: HttpRequest) -> list[Column]:
        short = (name for name in self.columns if is_short(self.model._meta.get_field(name)))
        return [self.columns[name] for name in short][:MOST_COLUMNS]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return list(self.columns.values())

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return list(self.columns.values())

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return list_rows(self.model)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return Rows

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        """None: what is not shown could be guessed at by filters."""
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def has_module_permission(self, request: HttpRequest) -> bool:
        return True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts: Any, object_id: str) -> Any:
        raise Http404


def _told(field: Any, tell: Callable[[Any], Any]) -> Column:
    def column(row: Model) -> Any:
        value = getattr(row, field.attname)
        return "-" if value is None else tell(value)

    column.__name__ = field.name
    column.short_description = field.verbose_name  # type: ignore[attr-defined]
    return column


class OperatorSite(AdminSite):
    """The admin without its doors, its log, its addresses and its templates: `looking` asks it what is to be shown."""

    def has_permission(self, request: HttpRequest) -> bool:
        return True

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        return []

    def get_log_entries(self, request: HttpRequest) -> Any:
        return []


site = OperatorSite(name="operators")
site.register(list_tables(), RowsAdmin)
TABLES = {model._meta.db_table: rows for model, rows in site._registry.items() if isinstance(rows, RowsAdmin)}
"""Every table that may be looked at, by its name."""


def address_of(table: str, key: UUID) -> str:
    return reverse("operators:row", args=[table, key])


def is_shown(field: Any) -> bool:
    """Not what the trail masks, nor bytes (digests, salts, what is sealed), nor the organisation, which is one."""
    rules = [rule for rule in field.model._meta.constraints if isinstance(rule, RowChanges)]
    masked = {name for rule in rules for name in rule.masked}
    return (
        not isinstance(field, BinaryField)
        and masked.isdisjoint({field.name, field.column})
        and field.name != "organization"
    )


def is_short(field: Any) -> bool:
    """Whether a list has room for it; where a row stands in the order of writing is no news."""
    if field.name in ("transaction_id", "epoch"):
        return False
    if isinstance(field, CharField):
        return field.max_length is not None and field.max_length <= LONGEST_IN_LIST
    return not isinstance(field, TextField | JSONField | ArrayField)
