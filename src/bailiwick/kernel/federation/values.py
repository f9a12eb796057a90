"""What passes between the rooms."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Vouched:
    """What a provider said of somebody. `subject` is who they are to it, for good; the rest may change."""

    subject: str
    name: str
    email: str = ""
    groups: tuple[str, ...] = ()
