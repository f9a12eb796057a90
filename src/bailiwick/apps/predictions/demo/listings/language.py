"""What a listing in one language is put together from."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Topic:
    """What a product is about: its name, its category, who sells it, and two sentences that say more."""

    name: str
    category: str
    vendor: str
    about: str
    contents: str


@dataclass(frozen=True, slots=True)
class Format:
    """What is sold: how the title says it, sentences that describe it, and the lowest and highest price in euros."""

    kind: str
    title: str
    sentences: tuple[str, ...]
    prices: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Language:
    """`breaches` break the policy of a reason's number, `harmless` come near it; what is in brackets is the phrase."""

    name: str
    topics: tuple[Topic, ...]
    formats: tuple[Format, ...]
    breaches: Mapping[int, tuple[str, ...]]
    harmless: Mapping[int, tuple[str, ...]]
