"""How one signs in: the keys and codes of whoever looks at the page."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse

from bailiwick.kernel.base.rights import MEMBER
from bailiwick.kernel.identity.choices import Credential
from bailiwick.kernel.identity.errors import NoPerson
from bailiwick.kernel.identity.models import User
from bailiwick.kernel.identity.queries import find_person
from bailiwick.kernel.identity.queries.factors import (
    count_recovery_codes,
    find_application,
    list_passkeys,
    place_of_new_key,
)
from bailiwick.kernel.web.pages import Page


class OwnFactors(Page):
    """A page about how one signs in oneself: for people in a browser."""

    right = MEMBER

    def person(self) -> User:
        """Raises NoPerson for whoever is not a person in a browser."""
        user = find_person(self.actor.user_id) if self.actor.user_id else None
        if user is None or self.actor.credential != Credential.SESSION:
            raise NoPerson
        return user

    @property
    def only_in(self) -> UUID | None:
        """The organisation that a key added here opens; None is every one."""
        return place_of_new_key(self.actor)


class Overview(OwnFactors):
    """What a page about one's keys, application and codes shows."""

    template_name = "identity/security.html"
    navigation_name = "identity:security"

    def overview(self, *, fault: str = "", status: int = 200) -> HttpResponse:
        """A session that opens one organisation shows what opens that one, and nothing else of the person."""
        user = self.person()
        return self.show(
            status=status,
            fault=fault,
            passkeys=list_passkeys(self.actor),
            application=find_application(user.id),
            codes=count_recovery_codes(user.id),
            is_confined=self.actor.is_confined,
        )


class Security(Overview):
    """One's keys, application and codes."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.overview()
