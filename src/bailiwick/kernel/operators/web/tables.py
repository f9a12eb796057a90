"""Django's admin over every table of the organisation in scope: to look at, never to write."""

from collections.abc import Callable
from functools import cached_property
from typing import Any
from uuid import UUID

from django.contrib.admin import AdminSite, ModelAdmin
from django.contrib.admin.views.main import ChangeList
from django.contrib.postgres.fields import ArrayField
from django.core.paginator import Paginator
from django.db.models import BinaryField, CharField, ForeignKey, JSONField, Model, QuerySet, TextField
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from bailiwick.kernel.audit.constraints import RowChanges
from bailiwick.kernel.operators.queries import list_rows, list_tables

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
    change_list_template = "operators/rows.html"
    change_form_template = "operators/row.html"

    @cached_property
    def columns(self) -> dict[str, Column]:
        """What is shown of a row, by the name of the field."""
        shown = (field for field in self.model._meta.local_fields if is_shown(field))
        return {field.name: self._column(field) for field in shown}

    def _column(self, field: Any) -> Column:
        if not isinstance(field, ForeignKey) or field.related_model not in self.admin_site._registry:
            return field.attname

        def link(row: Model) -> Any:
            key = getattr(row, field.attname)
            return (
                format_html('<a href="{}">{}</a>', address_of(field.related_model._meta.db_table, key), key)
                if key
                else None
            )

        link.__name__ = field.name
        link.short_description = field.verbose_name  # type: ignore[attr-defined]
        return link

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


class OperatorSite(AdminSite):
    """The admin without its doors, its log and its own addresses: `looking` calls it, in a scope that cannot write."""

    site_title = site_header = "Bailiwick"
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        return True

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        return []

    def get_log_entries(self, request: HttpRequest) -> Any:
        return []

    @cached_property
    def tables(self) -> dict[str, RowsAdmin]:
        """Every table that may be looked at, by its name."""
        self.register(list_tables(), RowsAdmin)
        return {model._meta.db_table: each for model, each in self._registry.items() if isinstance(each, RowsAdmin)}


site = OperatorSite(name="operators")


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
    """Whether a list has room for it."""
    if isinstance(field, CharField):
        return field.max_length is not None and field.max_length <= LONGEST_IN_LIST
    return not isinstance(field, TextField | JSONField | ArrayField)
