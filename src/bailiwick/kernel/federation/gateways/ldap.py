"""Directories that speak LDAP (RFC 4511): who somebody is there, and which groups they are in."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import uuid4

from django.utils.timezone import now
from django.utils.translation import gettext as _
from ldap3 import SUBTREE, Connection
from ldap3.utils.conv import escape_bytes, escape_filter_chars

from bailiwick.kernel.federation.errors import DirectoryFault
from bailiwick.kernel.federation.gateways.ldap_attributes import Attributes, first, is_closed, subject, subject_filter
from bailiwick.kernel.federation.gateways.ldap_connections import ANSWER, Directory, connected
from bailiwick.kernel.federation.values import Vouched

if TYPE_CHECKING:
    from bailiwick.kernel.federation.models import Provider

MOST_GROUPS, MOST_LEVELS = 1000, 32
AT_ONCE = 50
"""How many people one search looks for."""
DONE, TOO_MANY = 0, 4
IN_CHAIN = "(member:1.2.840.113556.1.4.1941:={dn})"
"""Active Directory walks nested groups itself (LDAP_MATCHING_RULE_IN_CHAIN)."""
DIRECT_MEMBERS = "(member={dn})"


@dataclass(frozen=True, slots=True)
class Entry:
    dn: str
    attributes: Attributes


def authenticate(provider: "Provider", login: str, password: str) -> Vouched | None:
    """Whom this login and password are of; None when they are nobody's, whatever is wrong with them.

    Raises DirectoryFault, AddressRefused, NotReachable. An empty password is refused here: a directory takes it for an
    anonymous visitor (RFC 4513, section 5.1.2), and would let anybody in.
    """
    if not password or not login or len(login) > 256 or "\x00" in login + password:
        return None
    directory = Directory.of(provider)
    with _asking(provider, directory) as ask:
        found = ask.people(_with_login(directory, login))
        entry = found[0] if len(found) == 1 else None
        # Nobody is asked for by a name that nobody has, so that the time tells nothing.
        dn = entry.dn if entry else f"cn={uuid4()},{directory.base}"
        with connected(directory, dn, password) as connection:
            is_right = connection is not None
        if entry is None or not is_right or is_closed(entry.attributes, now()):
            return None
        return ask.vouched(entry)


def look_up(provider: "Provider", subjects: Sequence[str]) -> dict[str, Vouched]:
    """Whom of these people the directory still has and lets in, by subject.

    Raises DirectoryFault, AddressRefused, NotReachable: then nothing is known of anybody.
    """
    directory, found = Directory.of(provider), dict[str, Vouched]()
    with _asking(provider, directory) as ask:
        for start in range(0, len(subjects), AT_ONCE):
            for entry in ask.people(_with_subjects(directory, subjects[start : start + AT_ONCE])):
                if not is_closed(entry.attributes, now()):
                    vouched = ask.vouched(entry)
                    found[vouched.subject] = vouched
    return found


def check(provider: "Provider") -> None:
    """Connect, sign in as the settings say, and look whether both bases are there; raises what `look_up` raises."""
    directory = Directory.of(provider)
    with _asking(provider, directory) as ask:
        ask.people(_with_login(directory, str(uuid4())))
        ask.groups_of(directory.base)


def _with_login(directory: Directory, login: str) -> str:
    return directory.user_filter.replace("{login}", escape_filter_chars(login))


def _with_subjects(directory: Directory, subjects: Sequence[str]) -> str:
    """The same people as may sign in, among those of whom we know."""
    known = "".join(f"({directory.identifier}={_escaped(directory.identifier, each)})" for each in subjects)
    return f"(&{directory.user_filter.replace('{login}', '*')}(|{known}))"


def _escaped(identifier: str, given: str) -> str:
    value = subject_filter(identifier, given)
    return escape_bytes(value) if isinstance(value, bytes) else escape_filter_chars(value)


class Asked:
    """What is asked of a directory over one connection; the groups that groups are in are asked for once."""

    def __init__(self, connection: Connection, directory: Directory, group_filter: str) -> None:
        self.connection, self.directory, self.group_filter = connection, directory, group_filter
        self._parents: dict[str, list[Entry]] = {}

    def people(self, wanted: str) -> list[Entry]:
        return self._search(self.directory.base, wanted, self.directory.told)

    def vouched(self, entry: Entry) -> Vouched:
        directory, attributes = self.directory, entry.attributes
        who = subject(attributes, directory.identifier)
        if not who:
            sentence = _("An entry has no attribute “{name}”, by which people are known for good.")
            raise DirectoryFault(sentence.format(name=directory.identifier))
        name = first(attributes, directory.name) or first(attributes, "cn")
        return Vouched(who, name, first(attributes, directory.email), self.groups_of(entry.dn))

    def groups_of(self, dn: str) -> tuple[str, ...]:
        """The names of the groups that an entry is in, through other groups as well."""
        if not self.directory.group_base:
            return ()
        found: dict[str, str] = {}
        level, depth = [dn], 0
        while level and depth < MOST_LEVELS:
            groups = [group for each in level for group in self._groups_with(each)]
            fresh = {group.dn.casefold(): group for group in groups if group.dn.casefold() not in found}
            found.update({key: first(group.attributes, self.directory.group_name) for key, group in fresh.items()})
            if len(found) > MOST_GROUPS:
                raise DirectoryFault(_("Somebody is in more groups than are read. Narrow where groups are looked for."))
            level = [group.dn for group in fresh.values()] if self.directory.nesting == "walk" else []
            depth += 1
        return tuple(sorted({name for name in found.values() if name}))

    def _groups_with(self, dn: str) -> list[Entry]:
        key = dn.casefold()
        if key not in self._parents:
            wanted = IN_CHAIN if self.directory.nesting == "chain" else self.group_filter
            wanted = wanted.replace("{dn}", escape_filter_chars(dn))
            self._parents[key] = self._search(self.directory.group_base, wanted, [self.directory.group_name])
        return self._parents[key]

    def _search(self, base: str, wanted: str, attributes: list[str]) -> list[Entry]:
        self.connection.search(base, wanted, SUBTREE, attributes=attributes, time_limit=ANSWER)
        code, told = self.connection.result["result"], self.connection.result["description"]
        if code not in (DONE, TOO_MANY):
            raise DirectoryFault(_("The directory refused a search: {reason}.").format(reason=told))
        if code == TOO_MANY:
            raise DirectoryFault(_("The directory answers with fewer entries than there are (size limit)."))
        return [
            Entry(each["dn"], {name.lower(): values for name, values in each["raw_attributes"].items()})
            for each in self.connection.response or ()
            if each["type"] == "searchResEntry"
        ]


@contextmanager
def _asking(provider: "Provider", directory: Directory) -> Iterator[Asked]:
    if directory.bind_dn and not provider.secret:
        raise DirectoryFault(_("There is no password for the account that we are to ask as."))
    with connected(directory, directory.bind_dn, provider.secret) as connection:
        if connection is None:
            raise DirectoryFault(_("The directory does not take the name and password that we are to ask with."))
        yield Asked(connection, directory, provider.group_claim or DIRECT_MEMBERS)
