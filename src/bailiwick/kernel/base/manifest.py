"""What an app declares about itself, collected once at start and refused when it contradicts itself."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Right:
    """Something that may be granted: `code` is "app.verb". `has_amount`: a grant may bound how much it is good for."""

    code: str
    title: Text
    has_amount: bool = False


@dataclass(frozen=True, slots=True)
class Role:
    """A named set of rights that a grant gives; the first declared is the highest.

    With `needs_two` a grant of it counts once a second person has approved it; an organisation may change that.
    """

    code: str
    title: Text
    rights: tuple[str, ...]
    needs_two: bool = False


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two rights that nobody may hold over the same thing at the same time (segregation of duties), and why."""

    first: str
    second: str
    reason: Text


@dataclass(frozen=True, slots=True)
class Grantable:
    """A kind of row that a grant may be over: `model` is "app.model" in small letters.

    `find` is the dotted path of a function (actor, id) that returns the row or raises NotFound where the actor does not
    see it; `url_name` is its page, which takes the id.
    """

    model: str
    title: Text
    find: str
    url_name: str


@dataclass(frozen=True, slots=True)
class NavigationItem:
    """A link of the side bar, shown to whoever holds `right`, or one of several. `key` follows G.

    With `is_narrowed` its page shows what one holds the right over: to whoever holds it over some things alone, too.
    Links stand in the order of INSTALLED_APPS, those of a lower `rank` before. With `is_setting` it stands in the list
    of settings instead, behind one link of the side bar; `section` is a heading there. With `is_home` whoever works no
    queue begins there.
    """

    section: Text
    title: Text
    url_name: str
    icon: str
    right: str | tuple[str, ...] | None = None
    key: str = ""
    queue: str = ""
    rank: int = 0
    is_narrowed: bool = False
    is_setting: bool = False
    is_home: bool = False


@dataclass(frozen=True, slots=True)
class Verb:
    """An event verb in the past tense ("predictions.prediction.decided") and the sentence that tells it."""

    code: str
    title: Text


@dataclass(frozen=True, slots=True)
class Queue:
    """A kind of work. `lease` is in seconds; `max_held` bounds what a service account holds at once.

    `disputes_to` is the queue of who settles differing opinions and what was escalated.
    """

    code: str
    title: Text
    right: str
    url_name: str
    lease: int = 600
    service_level: int = 86_400
    max_held: int = 20
    disputes_to: str = ""


@dataclass(frozen=True, slots=True)
class JobKind:
    """A kind of background work; `run` is the dotted path of a function that takes a `jobs.running.Run`.

    A try may take `time_limit` seconds; after `tries` the job is a dead letter. One organisation runs `at_once` of
    them at a time. `every` (seconds) makes it a schedule: one job in each organisation, or in the installation alone.
    """

    code: str
    title: Text
    run: str
    right: str = ""
    tries: int = 5
    time_limit: int = 3600
    at_once: int = 1
    every: int = 0
    is_for_installation: bool = False


@dataclass(frozen=True, slots=True)
class FilePurpose:
    """What files are kept for: which kinds are taken, how large (bytes), how long (seconds); `right` opens others'.

    What is evidence is not removed by whoever gave it.
    """

    code: str
    title: Text
    kinds: tuple[str, ...]
    right: str = ""
    largest: int = 64 * 1024 * 1024
    kept: int = 30 * 86_400
    is_evidence: bool = False


@dataclass(frozen=True, slots=True)
class Personal:
    """What of a table says who a member is, and what an erasure writes in its place, expressions included.

    `member` is the field of a row that says whom it is about; "id" where the row is the member.
    """

    model: str
    title: Text
    blank: Mapping[str, Any]
    member: str = "member"


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a sensitive record is read for, in the words of whoever answers for it."""

    code: str
    title: Text


EMERGENCY = Purpose("emergency", _("Emergency"))
"""What sensitive records may be read for by whoever has broken the glass."""
ACCESS = Purpose("access", _("Deciding who may see it"))
"""What the name of one is read for where its grants are shown."""
OPERATION = Purpose("operation", _("Looked at by an operator"))
"""What they may be read for by whoever runs the installation and looks into an organisation."""


@dataclass(frozen=True, slots=True)
class Sensitive:
    """A kind of record of which every reading is recorded, with its purpose: `model` is "app.model" in small letters.

    `find` is the dotted path of a function (text) that returns a row of the organisation in scope by what people know
    it by, seen by the actor or not, or None; `role` is what breaking the glass gives over that row, and `url_name` its
    page. Without a role it is not opened in an emergency. With `is_optional` an organisation says itself whether its
    records are of that kind.
    """

    model: str
    title: Text
    purposes: tuple[Purpose, ...]
    find: str
    role: str
    url_name: str
    is_optional: bool = False

    @property
    def titles(self) -> dict[str, Text]:
        """What it may be read for, by code."""
        always = (ACCESS, OPERATION, EMERGENCY) if self.role else (ACCESS, OPERATION)
        return {each.code: each.title for each in (*self.purposes, *always)}


@dataclass(frozen=True, slots=True)
class Manifest:
    """One app's declarations. `demo` is the dotted path of a function that fills a demo organisation.

    `kinds` says what people call a row of "app.model", wherever the trail names one.

    `installation_roles` are those of the installation's own organisation, and of no other.

    `consumers` are those of functions that take a list of events, in the order of writing, each behind a cursor of its
    own and in the transaction that moves it.

    `leaving` is that of one that takes (ActorRef, id of a member) and is called where a membership ends, in the same
    transaction: what the member still has in hands goes to others.
    """

    app: str
    rights: tuple[Right, ...] = ()
    roles: tuple[Role, ...] = ()
    installation_roles: tuple[Role, ...] = ()
    navigation: tuple[NavigationItem, ...] = ()
    verbs: tuple[Verb, ...] = ()
    queues: tuple[Queue, ...] = ()
    jobs: tuple[JobKind, ...] = ()
    files: tuple[FilePurpose, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    grantables: tuple[Grantable, ...] = ()
    personal: tuple[Personal, ...] = ()
    sensitives: tuple[Sensitive, ...] = ()
    consumers: tuple[str, ...] = ()
    kinds: Mapping[str, Text] = field(default_factory=dict)
    demo: str = ""
    leaving: str = ""


@dataclass(frozen=True, slots=True)
class Registry:
    """All manifests together, looked up by code."""

    manifests: tuple[Manifest, ...]
    rights: dict[str, Right] = field(default_factory=dict)
    roles: dict[str, Role] = field(default_factory=dict)
    installation_roles: dict[str, Role] = field(default_factory=dict)
    verbs: dict[str, Verb] = field(default_factory=dict)
    queues: dict[str, Queue] = field(default_factory=dict)
    jobs: dict[str, JobKind] = field(default_factory=dict)
    files: dict[str, FilePurpose] = field(default_factory=dict)
    grantables: dict[str, Grantable] = field(default_factory=dict)
    sensitives: dict[str, Sensitive] = field(default_factory=dict)
    kinds: dict[str, Text] = field(default_factory=dict)

    @property
    def consumers(self) -> list[str]:
        return [path for manifest in self.manifests for path in manifest.consumers]

    @property
    def personal(self) -> list[Personal]:
        return [personal for manifest in self.manifests for personal in manifest.personal]

    @property
    def conflicts(self) -> list[Conflict]:
        return [conflict for manifest in self.manifests for conflict in manifest.conflicts]

    @property
    def navigation(self) -> Iterator[NavigationItem]:
        every = [item for manifest in self.manifests for item in manifest.navigation]
        yield from sorted(every, key=lambda item: item.rank)


@cache
def registry() -> Registry:
    """Every installed app's `manifest.MANIFEST`, in the order of INSTALLED_APPS."""
    found = [
        import_module(f"{config.name}.manifest").MANIFEST
        for config in apps.get_app_configs()
        if config.name.startswith("bailiwick.") and find_spec(f"{config.name}.manifest")
    ]
    return Registry(
        manifests=tuple(found),
        rights={right.code: right for each in found for right in each.rights},
        roles={role.code: role for each in found for role in each.roles},
        installation_roles={role.code: role for each in found for role in each.installation_roles},
        verbs={verb.code: verb for each in found for verb in each.verbs},
        queues={queue.code: queue for each in found for queue in each.queues},
        jobs={job.code: job for each in found for job in each.jobs},
        files={purpose.code: purpose for each in found for purpose in each.files},
        grantables={grantable.model: grantable for each in found for grantable in each.grantables},
        sensitives={sensitive.model: sensitive for each in found for sensitive in each.sensitives},
        kinds={label: title for each in found for label, title in each.kinds.items()},
    )
