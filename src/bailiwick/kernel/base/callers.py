"""Where a request comes from, and with what program."""

from dataclasses import dataclass
from ipaddress import ip_address

from django.http import HttpRequest

from bailiwick.kernel.base.rates import client_address

LONGEST_AGENT = 300


@dataclass(frozen=True, slots=True)
class Caller:
    """An address, None where it is none, and what the program says of itself."""

    address: str | None = None
    agent: str = ""


def caller_of(request: HttpRequest) -> Caller:
    agent = request.headers.get("User-Agent", "").replace("\x00", "")[:LONGEST_AGENT]
    try:
        address = ip_address(client_address(request).partition("%")[0])
    except ValueError:
        return Caller(None, agent)
    # What listens for both kinds is told of the older kind in the newer one's notation.
    return Caller(str(getattr(address, "ipv4_mapped", None) or address), agent)
