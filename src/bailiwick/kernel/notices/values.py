"""What an alert says, and what each kind of alert begins with."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bailiwick.kernel.base.manifest import Text
from bailiwick.kernel.notices.choices import AlertKind, Per

MOST_ALERTS = 200
"""Alerts of an organisation: each looks at every event."""
MOST_EVENTS = 1_000
LONGEST_WINDOW = 7 * 86_400
MOST_TOLD = 200
"""People that one alert tells."""
MOST_RAISED = 100
"""How often one alert is raised within an hour: whoever is told more reads none of it."""
SEALED_WITHIN = 300
"""Seconds within which every row is to be sealed."""
SIGN_IN_FAILED = "identity.sign_in.failed"


@dataclass(frozen=True, slots=True)
class Rule:
    """What an alert looks for and whom it tells: raised where `count` events come within `window` seconds.

    `condition` is what has to stand in an event's data: one of several values, or a number at least so high. A window
    of 0 goes with a count of 1, and raises for every event.
    """

    kind: AlertKind
    title: str
    verbs: tuple[str, ...] = ()
    condition: Mapping[str, Any] = field(default_factory=dict)
    count: int = 1
    window: int = 0
    per: Per = Per.ORGANIZATION
    roles: tuple[str, ...] = ()
    members: tuple[UUID, ...] = ()
    is_mailed: bool = False


@dataclass(frozen=True, slots=True)
class Template:
    """What an alert of a kind begins with; `pers` are the ways of counting that make sense for it."""

    purpose: Text
    verbs: tuple[str, ...] = ()
    condition: Mapping[str, Any] = field(default_factory=dict)
    count: int = 1
    window: int = 0
    pers: tuple[Per, ...] = (Per.ORGANIZATION,)

    @property
    def is_counted(self) -> bool:
        return self.window > 0


TEMPLATES: Mapping[AlertKind, Template] = {
    AlertKind.GLASS: Template(
        _("Somebody opened by the break-glass what they may not see otherwise, or came in by it."),
        verbs=("disclosures.glass.broken", "identity.break_glass.used"),
    ),
    AlertKind.SEAL: Template(_("Something was written more than five minutes ago and is not sealed yet.")),
    AlertKind.SIGN_INS: Template(
        _("Somebody tries passwords: sign-ins of your people that failed, for one person or from one address."),
        verbs=(SIGN_IN_FAILED,),
        count=5,
        window=600,
        pers=(Per.SUBJECT, Per.ADDRESS),
    ),
    AlertKind.EXPORTS: Template(
        _("Somebody takes much along: one large export, or many of them in a short time."),
        verbs=("web.list.exported",),
        condition={"rows": 10_000},
        window=3600,
        pers=(Per.MEMBER, Per.ORGANIZATION),
    ),
    AlertKind.GRANTS: Template(
        _("Somebody was given a role that you want to hear of, whoever gave it."),
        verbs=("access.grant.given", "access.grant.approved"),
        # What waits for a second person gives nothing yet.
        condition={"waits": [None]},
    ),
    AlertKind.EVENTS: Template(
        _("Anything else that the trail tells: choose what, how often, and by whom."), window=3600, pers=tuple(Per)
    ),
}
