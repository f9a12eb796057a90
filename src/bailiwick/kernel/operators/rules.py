"""From where operators may come."""

from collections.abc import Iterable
from ipaddress import ip_address, ip_network


def is_network(text: str) -> bool:
    """Whether a text is an address or a network, such as 192.0.2.7 or 10.0.0.0/8."""
    try:
        ip_network(text)
    except ValueError:
        return False
    return True


def holds_everybody(networks: Iterable[str]) -> bool:
    """Whether one of some networks is every address there is."""
    return any(ip_network(each).prefixlen == 0 for each in networks if is_network(each))


def is_within(address: str | None, networks: Iterable[str]) -> bool:
    """Whether an address is in one of some networks; one that is malformed holds nobody."""
    return address is not None and any(ip_address(address) in ip_network(each) for each in networks if is_network(each))
