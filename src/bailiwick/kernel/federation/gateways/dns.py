"""The records of domains, asked of the name servers of the installation."""

from django.conf import settings
from dns.exception import DNSException
from dns.nameserver import Do53Nameserver
from dns.resolver import NXDOMAIN, NoAnswer, NoResolverConfiguration, Resolver

from bailiwick.kernel.federation.errors import NoNameServer

SECONDS = 5


def list_texts(name: str) -> list[str]:
    """The TXT records of a name, none when there is no such name; raises NoNameServer when nobody answers."""
    try:
        answer = _resolver().resolve(name, "TXT", lifetime=SECONDS, search=False)
    except (NXDOMAIN, NoAnswer):
        return []
    except (DNSException, OSError) as failure:
        raise NoNameServer from failure
    return [b"".join(record.strings).decode("utf-8", "replace") for record in answer]


def _resolver() -> Resolver:
    if not settings.DNS_SERVERS:
        try:
            return Resolver()
        except NoResolverConfiguration as failure:
            raise NoNameServer from failure
    resolver = Resolver(configure=False)
    resolver.nameservers = [_name_server(server) for server in settings.DNS_SERVERS]
    return resolver


def _name_server(server: str) -> Do53Nameserver:
    """ "192.0.2.1", "192.0.2.1:5353" or an IPv6 address, which takes no port here."""
    address, colon, port = server.rpartition(":")
    is_with_port = bool(colon) and ":" not in address
    return Do53Nameserver(address, int(port)) if is_with_port else Do53Nameserver(server)
