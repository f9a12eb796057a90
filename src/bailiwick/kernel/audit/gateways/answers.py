"""Reading the answer of a time-stamping authority (RFC 3161, section 2.4.2), as far as it says what was stamped.

Written out, because libraries refuse certificates that do not stand in the order of DER, as many authorities, OpenSSL's
among them, send them.
"""

from dataclasses import dataclass

GRANTED = (0, 1)
SEQUENCE, INTEGER, OCTETS, OBJECT, INNER = 0x30, 0x02, 0x04, 0x06, 0xA0
SHA256 = bytes.fromhex("608648016503040201")
STAMP_INFO = bytes.fromhex("2a864886f70d0109100104")
"""The object identifiers of SHA-256, and of what a stamp says."""

Part = tuple[int, bytes]


@dataclass(frozen=True, slots=True)
class Stamp:
    """The SHA-256 that was stamped, and the number that the question carried."""

    digest: bytes
    nonce: int


def read_stamp(content: bytes) -> Stamp | None:
    """None for what is refused, for no time stamp, and for one over another kind of digest."""
    try:
        status, *token = _parts(_content(content, SEQUENCE))
        if int.from_bytes(_parts(status[1])[0][1], "big") not in GRANTED:
            return None
        signed = _content(_parts(token[0][1])[1][1], SEQUENCE)
        kind, inner = _parts(_parts(signed)[2][1])
        if kind != (OBJECT, STAMP_INFO) or inner[0] != INNER:
            return None
        return _of(_parts(_content(_content(inner[1], OCTETS), SEQUENCE)))
    except (IndexError, ValueError):
        return None


def _of(info: list[Part]) -> Stamp | None:
    """Version, policy, imprint, serial number, time; of what may follow, the nonce alone is a number."""
    algorithm, digest = _parts(info[2][1])
    [nonce] = [content for tag, content in info[5:] if tag == INTEGER]
    is_known = _parts(algorithm[1])[0] == (OBJECT, SHA256)
    return Stamp(digest[1], int.from_bytes(nonce, "big", signed=True)) if is_known else None


def _content(encoded: bytes, tag: int) -> bytes:
    """What is in the one part that there is."""
    [(found, content)] = _parts(encoded)
    if found != tag:
        raise ValueError
    return content


def _parts(encoded: bytes) -> list[Part]:
    """Tag and content of each part; raises ValueError, IndexError for what is none."""
    parts, at = [], 0
    while at < len(encoded):
        tag, size, at = encoded[at], encoded[at + 1], at + 2
        if size > 0x7F:
            width = size & 0x7F
            size, at = int.from_bytes(encoded[at : at + width], "big"), at + width
            if not width:
                raise ValueError
        if at + size > len(encoded):
            raise ValueError
        parts.append((tag, encoded[at : at + size]))
        at += size
    return parts
