"""A directory for tests: ldaptor's server, in a process of its own. What stands in it is written over LDAP."""

import sys
from typing import Any

from ldaptor import interfaces
from ldaptor.inmemory import ReadOnlyInMemoryLDAPEntry
from ldaptor.protocols import pureldap
from ldaptor.protocols.ldap.ldapserver import LDAPServer
from OpenSSL import SSL
from twisted.internet import protocol, reactor, ssl
from twisted.python import components

IN_CHAIN = b"1.2.840.113556.1.4.1941"


class Entry(ReadOnlyInMemoryLDAPEntry):
    """Matches as Active Directory does where it is asked to follow groups in groups."""

    def match(self, wanted: Any) -> bool:
        if isinstance(wanted, pureldap.LDAPFilter_extensibleMatch) and wanted.matchingRule is not None:
            assert wanted.matchingRule.value == IN_CHAIN
            return self._reaches(wanted.matchValue.value.lower(), set())
        return bool(super().match(wanted))

    def _reaches(self, dn: bytes, seen: set[bytes]) -> bool:
        members = {value.lower() for value in self.get(b"member", [])} - seen
        return dn in members or any(
            entry._reaches(dn, seen | members)
            for entry in _all(_root(self))
            if entry.dn.getText().lower().encode() in members
        )


def _root(entry: Any) -> Any:
    return entry if entry.parent() is None else _root(entry.parent())


def _all(entry: Any) -> list[Any]:
    return [entry, *(below for child in entry._children.values() for below in _all(child))]


class Server(LDAPServer):
    """LDAPServer that begins TLS when it is asked to (RFC 4511, section 4.14)."""

    def extendedRequest_StartTLS(self, data: Any, reply: Any) -> None:
        name = self.extendedRequest_StartTLS.oid  # type: ignore[attr-defined]
        reply(pureldap.LDAPExtendedResponse(resultCode=0, responseName=name))
        self.transport.startTLS(self.factory.tls)

    extendedRequest_StartTLS.oid = b"1.3.6.1.4.1.1466.20037"  # type: ignore[attr-defined]


class Factory(protocol.ServerFactory):
    protocol = Server

    def __init__(self, root: Entry, tls: ssl.DefaultOpenSSLContextFactory) -> None:
        self.root, self.tls = root, tls


def main(plain: int, secure: int, key: str, certificate: str) -> None:
    components.registerAdapter(lambda factory: factory.root, Factory, interfaces.IConnectedLDAPEntry)
    tls = ssl.DefaultOpenSSLContextFactory(key, certificate, sslmethod=SSL.TLS_SERVER_METHOD)
    factory = Factory(Entry("dc=test", {"objectClass": ["domain"], "dc": ["test"]}), tls)
    reactor.listenTCP(plain, factory, interface="127.0.0.1")  # type: ignore[attr-defined]
    reactor.listenSSL(secure, factory, tls, interface="127.0.0.1")  # type: ignore[attr-defined]
    reactor.run()  # type: ignore[attr-defined]


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4])
