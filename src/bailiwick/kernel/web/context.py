"""What every page of the shell knows; worked out only where a template asks."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language, gettext

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.access.models import Role as OwnRole
from bailiwick.kernel.access.queries import list_own_roles
from bailiwick.kernel.base.manifest import NavigationItem, Right, Role, registry
from bailiwick.kernel.identity.queries import Membership, list_memberships
from bailiwick.kernel.web.words import WORDS
from bailiwick.kernel.worklist.queries import count_waiting

THEMES = ("auto", "light", "dark")
DENSITIES = ("regular", "compact")


def shell(request: HttpRequest) -> dict[str, Any]:
    """The context processor."""
    return {"shell": Shell(request)}


@dataclass(frozen=True, slots=True)
class Link:
    """A link of the side bar; `count` is what waits behind it, None where nothing is counted."""

    title: str
    url: str
    icon: str
    key: str
    queue: str
    count: int | None
    is_current: bool


class Shell:
    """Who sees the page, for which organisation, in which look."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @property
    def actor(self) -> Actor | None:
        return getattr(self.request, "actor", None)

    @property
    def request_id(self) -> str:
        return getattr(self.request, "request_id", "")

    @property
    def language(self) -> str:
        return get_language() or "en"

    @property
    def time_zone(self) -> str:
        """The IANA name of the zone in which this page shows times; "" while none is known."""
        return getattr(self.request, "time_zone", "")

    @property
    def theme(self) -> str:
        """The look that was chosen: auto, light or dark."""
        return chosen(self.request, "bw_theme", THEMES)

    @property
    def painted(self) -> str:
        """The look to render; for auto the first script decides before anything is painted."""
        return "dark" if self.theme == "dark" else "light"

    @property
    def density(self) -> str:
        return chosen(self.request, "bw_density", DENSITIES)

    @cached_property
    def memberships(self) -> list[Membership]:
        """Where one can go on; whom one organisation alone vouched for, it is told of no other."""
        actor = self.actor
        every = list_memberships(actor.user_id) if actor and actor.user_id else []
        return [each for each in every if not (actor and actor.is_confined and each.member_id != actor.member_id)]

    @cached_property
    def organization(self) -> Membership | None:
        """The membership in use."""
        actor = self.actor
        return next((each for each in self.memberships if actor and each.member_id == actor.member_id), None)

    @cached_property
    def roles(self) -> list[Role | OwnRole]:
        held = self.actor.roles if self.actor else ()
        known = registry().roles | registry().installation_roles
        declared = [role for role in known.values() if role.code in held]
        # What is declared is known without asking, and nearly always all there is.
        return [*declared, *list_own_roles(held)] if len(declared) < len(held) else [*declared]

    @cached_property
    def rights(self) -> list[Right]:
        return [right for right in registry().rights.values() if self.actor and self.actor.may(right.code)]

    @cached_property
    def navigation(self) -> dict[str, list[Link]]:
        """Links of the side bar that the actor may follow, by section; one leads to the settings, if there are any."""
        sections = self._sections(is_setting=False)
        settings = [link for links in self.settings.values() for link in links]
        if settings:
            is_here = any(link.is_current for link in settings)
            first = replace(settings[0], title=gettext("Settings"), icon="settings", key="s", is_current=is_here)
            sections.setdefault(gettext("Organisation"), []).append(first)
        return sections

    @cached_property
    def settings(self) -> dict[str, list[Link]]:
        """The list of settings that the actor may follow, by heading."""
        return self._sections(is_setting=True)

    @property
    def is_in_settings(self) -> bool:
        return any(link.is_current for links in self.settings.values() for link in links)

    def _sections(self, *, is_setting: bool) -> dict[str, list[Link]]:
        sections: dict[str, list[Link]] = {}
        for item in registry().navigation:
            if item.is_setting == is_setting and self.actor and leads_on(self.actor, item):
                sections.setdefault(str(item.section), []).append(self._link(item, self.actor))
        return sections

    def _link(self, item: NavigationItem, actor: Actor) -> Link:
        match = self.request.resolver_match
        here = getattr(self.request, "navigation_name", "") or (match.view_name if match else "")
        return Link(
            title=str(item.title),
            url=reverse(item.url_name),
            icon=item.icon,
            key=item.key,
            queue=item.queue,
            count=count_waiting(actor, item.queue) if item.queue else None,
            is_current=here == item.url_name,
        )

    @property
    def data(self) -> dict[str, Any]:
        """What scripts need to know, as the page's data block."""
        links = [link for part in (self.navigation, self.settings) for section in part.values() for link in section]
        return {
            "icons": static("build/icons.svg"),
            "signIn": reverse("identity:login"),
            "places": [{"title": each.title, "url": each.url, "key": each.key, "icon": each.icon} for each in links],
            "words": {name: str(text) for name, text in WORDS.items()},
        }


def leads_on(actor: Actor, item: NavigationItem) -> bool:
    """Whether the page of a link is open to the actor, or shows some of what it has."""
    if item.right is None:
        return True
    return actor.may_over_some(item.right) if item.is_narrowed else actor.may(item.right)


def chosen(request: HttpRequest, cookie: str, choices: tuple[str, ...]) -> str:
    """The value of a cookie if it is one of the choices, else the first of them."""
    value = request.COOKIES.get(cookie, "")
    return value if value in choices else choices[0]
