"""Time stamps of somebody else (RFC 3161)."""

import hashlib

from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

from bailiwick.kernel.audit.errors import NoStamp
from bailiwick.kernel.audit.gateways.answers import read_stamp
from bailiwick.kernel.audit.values import AnchorLine
from bailiwick.kernel.base import outbound


def stamp(url: str, line: AnchorLine) -> bytes:
    """The answer of an authority for a line, DER; raises NoStamp, NotReachable, AddressRefused.

    It is taken when it is granted, for this line and for this question. Who signed it is for whoever verifies.
    """
    content = line.text.encode()
    asked = TimestampRequestBuilder().data(content).hash_algorithm(HashAlgorithm.SHA256).nonce(nonce=True).build()
    answer = outbound.call("POST", url, data=asked.as_bytes(), headers={"Content-Type": "application/timestamp-query"})
    given = read_stamp(answer.content) if answer.status == 200 else None
    if given is None or (given.digest, given.nonce) != (hashlib.sha256(content).digest(), asked.nonce):
        raise NoStamp
    return answer.content
