"""Networks of addresses, as people write them."""

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_network

Network = IPv4Network | IPv6Network


def read_network(text: str) -> Network | None:
    """A network in CIDR notation, or an address as the network of itself; None for anything else."""
    try:
        return ip_network(text.strip(), strict=False)
    except ValueError:
        return None


def lies_within(inner: Sequence[str], outer: Iterable[str]) -> bool:
    """Whether every network of `inner` is a part of one of `outer`; no networks at all mean the whole world."""
    places = [network for text in outer if (network := read_network(text))]
    if not places:
        return True
    return bool(inner) and all(any(_is_part(read_network(text), place) for place in places) for text in inner)


def _is_part(inner: Network | None, outer: Network) -> bool:
    if isinstance(inner, IPv4Network) and isinstance(outer, IPv4Network):
        return inner.subnet_of(outer)
    if isinstance(inner, IPv6Network) and isinstance(outer, IPv6Network):
        return inner.subnet_of(outer)
    return False
