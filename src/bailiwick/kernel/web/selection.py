"""Which rows of a list something is done to: those ticked, or all that match."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.urls import NoReverseMatch, resolve, reverse
from django.utils.translation import gettext as _

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.access.errors import Forbidden
from bailiwick.kernel.base.errors import NotFound
from bailiwick.kernel.base.rights import MEMBER, OPEN, right_for, rights_in
from bailiwick.kernel.web.errors import InvalidAddress

if TYPE_CHECKING:
    from bailiwick.kernel.web.tables import ListPage


@dataclass(frozen=True, slots=True)
class Selection:
    """Rows of a list, known by its URL name, the words of its address and its query: those of `keys`, or all.

    It holds plain values only, so that a job can be given one.
    """

    list_name: str
    place: Mapping[str, str]
    query: str
    keys: Sequence[str] = ()
    is_all: bool = False

    def plain(self) -> dict[str, Any]:
        return asdict(self)

    def rows(self, page: "ListPage") -> QuerySet[Any]:
        """The selected rows, narrowed to what the page's actor may see; raises InvalidAddress."""
        if self.is_all:
            return page.narrowed()
        if not self.keys:
            raise InvalidAddress(_("Nothing is selected. Tick at least one row."))
        try:
            return page.rows().filter(pk__in=self.keys)
        except (ValidationError, ValueError) as error:
            raise InvalidAddress(_("The selection is not understood. Tick the rows again.")) from error


def selection_of(page: "ListPage") -> Selection:
    """What a form of the list's page sent: its ticks, unless it says that all are meant."""
    request = page.request
    match = request.resolver_match
    assert match
    place = {name: str(value) for name, value in match.kwargs.items()}
    is_all = bool(request.POST.get("all"))
    keys = () if is_all else tuple(request.POST.getlist("row"))
    return Selection(match.view_name, place, request.GET.urlencode(), keys, is_all)


def reopen(selection: Selection, actor: Actor) -> "ListPage":
    """The list's page once more, for whoever selected and with the rights of this moment.

    Raises NotFound for a list that is gone, and Forbidden.
    """
    try:
        match = resolve(reverse(selection.list_name, kwargs=dict(selection.place)))
    except NoReverseMatch as error:
        raise NotFound from error
    request = HttpRequest()
    request.method, request.path, request.GET = "GET", f"/{match.route}", QueryDict(selection.query)
    request.resolver_match = match
    request.actor = actor  # type: ignore[attr-defined]
    page: ListPage = match.func.view_class()  # type: ignore[attr-defined]
    page.setup(request, **match.kwargs)
    require_sight(page)
    return page


def require_sight(page: "ListPage") -> None:
    """Whoever may look at a list may do with it what its page offers; raises Forbidden."""
    needed = right_for(page.right, "GET")
    if needed and needed not in (OPEN, MEMBER) and not page.actor.may(needed):
        raise Forbidden(right=rights_in(needed)[0])
