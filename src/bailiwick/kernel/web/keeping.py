"""The forms by which people keep, change and remove views of a list."""

from typing import TYPE_CHECKING
from uuid import UUID

from django import forms
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bailiwick.kernel.base.errors import NotFound
from bailiwick.kernel.web.actions import change_view, remove_view, save_view
from bailiwick.kernel.web.errors import InvalidAddress
from bailiwick.kernel.web.models import SavedView
from bailiwick.kernel.web.tabs import query_of

if TYPE_CHECKING:
    from bailiwick.kernel.web.tables import ListPage


class ViewForm(forms.Form):
    """A title, and for whom; one view is kept or changed at a time."""

    title = forms.CharField(
        label=gettext_lazy("Title"), max_length=60, widget=forms.TextInput(attrs={"autofocus": True})
    )
    is_shared = forms.BooleanField(
        label=gettext_lazy("Show it to everybody of the organisation"),
        required=False,
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )


def keep_view(page: "ListPage", what: str, form: ViewForm) -> str:
    """Do what a form asks of the views of a list, and say where to go on: nowhere while it is in error.

    Raises InvalidInput, and NotFound for a view of somebody else.
    """
    request, path = page.request, page.request.path
    with transaction.atomic():
        if what == "remove":
            remove_view(actor=page.actor, view_id=_key(page))
            page.tell(_("View removed."))
            return path
        if not form.is_valid():
            return ""
        values = form.cleaned_data
        if what == "change":
            view = change_view(actor=page.actor, view_id=_key(page), **values)
        elif what == "save":
            query = query_of(request.GET)
            view = save_view(actor=page.actor, list_name=page.list_name, query=query, **values)
        else:
            raise InvalidAddress(_("This form does not belong to the list. Begin again without it."))
        page.tell(_("View “%(title)s” stored.") % {"title": view.title})
        return _address(path, view)


def _address(path: str, view: SavedView) -> str:
    return f"{path}?{view.query}" if view.query else path


def _key(page: "ListPage") -> UUID:
    try:
        return UUID(page.request.POST.get("view", ""))
    except ValueError as error:
        raise NotFound from error
