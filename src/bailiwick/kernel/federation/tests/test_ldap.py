"""The gateway to directories, against a real one."""

import socketserver
from collections.abc import Callable, Iterator
from contextlib import suppress
from threading import Thread

import pytest
from django.conf import LazySettings

from bailiwick.kernel.base.outbound import AddressRefused, NotReachable
from bailiwick.kernel.federation.errors import DirectoryFault
from bailiwick.kernel.federation.gateways.ldap import authenticate, check, look_up
from bailiwick.kernel.federation.tests.directories import RunningDirectory, free_port


def test_the_right_password_gives_who_it_is(directory: RunningDirectory) -> None:
    dn = directory.person("ada", entryUUID="11111111-2222-3333-4444-555555555555")
    directory.group("reviewers", dn)
    vouched = authenticate(directory.provider(), "ada", "password of ada")
    assert vouched is not None
    assert (vouched.subject, vouched.name) == ("11111111-2222-3333-4444-555555555555", "Ada Sample")
    assert (vouched.email, vouched.groups) == ("ada@example.org", ("reviewers",))


@pytest.mark.parametrize(
    ("login", "password"),
    [
        ("ada", "wrong"),
        ("ada", ""),
        ("ada", "\x00"),
        ("nobody", "password of ada"),
        ("", "password of ada"),
        ("a" * 300, "x"),
    ],
)
def test_a_wrong_one_an_empty_one_and_a_stranger_give_the_same(
    directory: RunningDirectory, login: str, password: str
) -> None:
    directory.person("ada")
    assert authenticate(directory.provider(), login, password) is None


@pytest.mark.parametrize(
    "login", ["*", "ad*", "ada)(uid=*", "*)(|(uid=*", "ada)(|(objectClass=*)", "ada\\2a", "\\61da", "ad\u0430"]
)
def test_what_is_typed_never_becomes_part_of_the_filter(directory: RunningDirectory, login: str) -> None:
    directory.person("ada")
    directory.person("bob")
    assert authenticate(directory.provider(), login, "password of ada") is None


def test_a_login_with_signs_of_filters_is_found_as_it_is(directory: RunningDirectory) -> None:
    directory.add("cn=odd", objectClass=["person"], cn="odd", uid="o(d*d)\\", userPassword="odd one", entryUUID="1")
    vouched = authenticate(directory.provider(), "o(d*d)\\", "odd one")
    assert vouched is not None and vouched.name == "odd"


def test_two_people_of_one_login_are_nobody(directory: RunningDirectory) -> None:
    directory.person("ada")
    directory.add(
        "cn=other", objectClass=["person"], cn="other", uid="ada", userPassword="password of ada", entryUUID="2"
    )
    assert authenticate(directory.provider(), "ada", "password of ada") is None


@pytest.mark.parametrize("nesting", ["walk", "chain"])
def test_groups_in_groups_are_followed_even_in_a_circle(directory: RunningDirectory, nesting: str) -> None:
    dn = directory.person("ada")
    inner = directory.group("inner", dn)
    middle = directory.group("middle", inner)
    directory.group("outer", middle)
    directory.change(inner, member=[dn, f"cn=outer,{directory.base}"])
    directory.group("strangers", "uid=bob")
    vouched = authenticate(directory.provider(nesting=nesting), "ada", "password of ada")
    assert vouched is not None and vouched.groups == ("inner", "middle", "outer")


def test_without_nesting_only_the_nearest_groups_count(directory: RunningDirectory) -> None:
    inner = directory.group("inner", directory.person("ada"))
    directory.group("outer", inner)
    vouched = authenticate(directory.provider(nesting="none"), "ada", "password of ada")
    assert vouched is not None and vouched.groups == ("inner",)


@pytest.mark.parametrize(
    "closing",
    [{"userAccountControl": "514"}, {"nsAccountLock": "TRUE"}, {"accountExpires": "1"}, {"loginDisabled": "TRUE"}],
)
def test_a_closed_account_lets_nobody_in_and_is_not_found(directory: RunningDirectory, closing: dict[str, str]) -> None:
    directory.person("ada", entryUUID="1", **closing)
    assert authenticate(directory.provider(), "ada", "password of ada") is None
    assert look_up(directory.provider(), ["1"]) == {}


def test_looking_people_up_tells_who_is_still_there(directory: RunningDirectory) -> None:
    directory.group("reviewers", directory.person("ada", entryUUID="a"))
    gone = directory.person("bob", entryUUID="b")
    assert set(look_up(directory.provider(), ["a", "b", "c*"])) == {"a", "b"}
    directory.remove(gone)
    found = look_up(directory.provider(), ["a", "b"])
    assert {who: vouched.groups for who, vouched in found.items()} == {"a": ("reviewers",)}


def test_whom_the_filter_leaves_out_is_not_found_either(directory: RunningDirectory) -> None:
    dn = directory.person("ada", entryUUID="a", title="member")
    provider = directory.provider(user_filter="(&(uid={login})(title=member))")
    assert set(look_up(provider, ["a"])) == {"a"}
    directory.change(dn, title="former member")
    assert look_up(provider, ["a"]) == {}


@pytest.mark.parametrize(
    ("chosen", "secret"),
    [
        ({"base": "dc=elsewhere"}, None),
        ({"group_base": "dc=elsewhere"}, None),
        ({"user_filter": "(uid={login}"}, None),
        ({"identifier": "missing"}, None),
        ({"bind_dn": "cn=nobody,dc=test"}, None),
        ({}, "another secret"),
        ({}, ""),
        ({"url": "http://127.0.0.1"}, None),
        ({"url": "ldap://[::"}, None),
    ],
)
def test_what_is_set_up_wrongly_is_said_and_never_taken_for_nobody(
    directory: RunningDirectory, chosen: dict[str, str], secret: str | None
) -> None:
    directory.person("ada", entryUUID="a", uid="ada")
    provider = directory.provider(**chosen)
    provider.secret = provider.secret if secret is None else secret
    with pytest.raises(DirectoryFault):
        look_up(provider, ["a", "ada"]) and authenticate(provider, "ada", "password of ada")
        authenticate(provider, "ada", "password of ada")


def test_one_that_is_not_there_is_a_fault(directory: RunningDirectory) -> None:
    with pytest.raises(DirectoryFault):
        check(directory.provider(url=f"ldap://127.0.0.1:{free_port()}"))
    with pytest.raises(NotReachable):
        check(directory.provider(url="ldaps://directory.invalid"))
    check(directory.provider())


def test_inner_addresses_are_asked_only_where_the_installation_allows_it(
    directory: RunningDirectory, settings: LazySettings
) -> None:
    settings.OUTBOUND_ALLOWED = ()
    with pytest.raises(AddressRefused):
        check(directory.provider())


@pytest.mark.parametrize("is_starttls", [False, True])
def test_tls_first_or_by_starttls(directory: RunningDirectory, is_starttls: bool) -> None:
    directory.person("ada")
    url = f"ldap://localhost:{directory.port}" if is_starttls else f"ldaps://localhost:{directory.secure_port}"
    provider = directory.provider(url=url, is_starttls=is_starttls, certificate=directory.certificate)
    assert authenticate(provider, "ada", "password of ada") is not None
    provider.settings["certificate"] = ""
    with pytest.raises(DirectoryFault, match="certificate"):
        authenticate(provider, "ada", "password of ada")


def test_a_certificate_of_another_host_is_refused(directory: RunningDirectory, monkeypatch: pytest.MonkeyPatch) -> None:
    """The name leads to the same address; the certificate does not know it."""
    monkeypatch.setattr(
        "bailiwick.kernel.federation.gateways.ldap_connections.resolve", lambda host, port: ["127.0.0.2"]
    )
    url = f"ldaps://other.example:{directory.secure_port}"
    with pytest.raises(DirectoryFault):
        check(directory.provider(url=url, certificate=directory.certificate))


def test_without_tls_nothing_is_said_to_another_machine(
    directory: RunningDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "bailiwick.kernel.federation.gateways.ldap_connections.resolve", lambda host, port: ["192.0.2.1"]
    )
    with pytest.raises(DirectoryFault, match="TLS"):
        check(directory.provider(url="ldap://directory.example"))


@pytest.fixture
def stranger() -> Iterator[Callable[[bytes], str]]:
    """`stranger(answer)`: something on this machine that says the same to everybody, for ever; gives its address."""
    servers: list[socketserver.ThreadingTCPServer] = []

    def start(answer: bytes) -> str:
        class Stranger(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                with suppress(OSError):
                    while self.request.recv(1):
                        for _piece in range(1000):
                            self.request.sendall(answer)

        server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Stranger)
        server.daemon_threads = True
        servers.append(server)
        Thread(target=server.serve_forever, daemon=True).start()
        return f"ldap://127.0.0.1:{server.server_address[1]}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b"\x30\x84\x7f\xff\xff\xff" + b"\x00" * 1000,
        b"\x30\x0c\x02\x01\x01\x61\x07\x0a\x01\xff\x04\x00\x04\x00",
        b"\x30\x80" * 500,
        b"\x00",
    ],
)
def test_whatever_a_stranger_answers_is_a_fault_and_has_an_end(
    directory: RunningDirectory,
    stranger: Callable[[bytes], str],
    answer: bytes,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bailiwick.kernel.federation.gateways.ldap_connections.LARGEST", 100_000)
    with pytest.raises(DirectoryFault):
        authenticate(directory.provider(url=stranger(answer)), "ada", "password of ada")
