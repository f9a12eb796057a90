"""Putting listings together."""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from bailiwick.apps.predictions.demo.catalogue import ADDRESSES, DISTANCE, HEALTH, POLICIES, RETURNS
from bailiwick.apps.predictions.demo.listings.english import ENGLISH
from bailiwick.apps.predictions.demo.listings.german import GERMAN
from bailiwick.apps.predictions.demo.listings.language import Format, Language, Topic
from bailiwick.apps.predictions.demo.listings.polish import POLISH

FIRST_NUMBER = 498_100
# What is written where it would not be read in earnest: a template for yoga, a cure in a course on spreadsheets.
FITTING_SOFTWARE = {"Business", "Finance", "Software", "Marketing", "Career"}
FITTING = {
    RETURNS: {"Finance", "Business", "Marketing"},
    HEALTH: {"Wellbeing", "Fitness", "Food"},
    ADDRESSES: {"Business", "Marketing", "Career", "Finance"},
    DISTANCE: {"Course", "Membership", "Workshop", "Coaching"},
}
RARE = {RETURNS, HEALTH, ADDRESSES}
SHARE_OF_BREACHES = ((0, 52), (1, 36), (2, 12))
"""How many policies a listing breaks, and how many in a hundred do."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A phrase of a text, and the number of the reason that it gives or seems to give."""

    code: int
    phrase: str


@dataclass(frozen=True, slots=True)
class Listing:
    """A product as it is offered: what is wrong with it, and what only looks wrong."""

    product_id: str
    title: str
    text: str
    attributes: Mapping[str, str]
    breaches: tuple[Passage, ...] = ()
    harmless: tuple[Passage, ...] = ()

    @property
    def link(self) -> str:
        return f"https://example.com/listings/{self.product_id}"

    @property
    def verdict(self) -> str:
        """The right one."""
        return "reject" if self.breaches else "accept"


def compose(random: Random, count: int) -> list[Listing]:
    """So many listings in three languages, no two of the same title."""
    offers = [
        (language, topic, sold)
        for language in (ENGLISH, GERMAN, POLISH)
        for topic in language.topics
        for sold in language.formats
        if sold.kind != "Software" or topic.category in FITTING_SOFTWARE
    ]
    random.shuffle(offers)
    return [_write(random, FIRST_NUMBER + number, *offer) for number, offer in enumerate(offers[:count])]


def _write(random: Random, number: int, language: Language, topic: Topic, sold: Format) -> Listing:
    words = {topic.category, sold.kind}
    fitting = [policy.code for policy in POLICIES if words & FITTING.get(policy.code, words)]
    # What fits few listings comes first where it fits.
    fitting.sort(key=lambda code: random.random() * (0.4 if code in RARE else 1))
    [breaking] = random.choices(*zip(*SHARE_OF_BREACHES, strict=True))
    breaches = [(code, random.choice(language.breaches[code])) for code in fitting[:breaking]]
    near = (fitting[breaking], random.choice(language.harmless[fitting[breaking]]))
    sentences = [near[1], *(text for _code, text in breaches)]
    if breaking < 2:
        sentences.append(random.choice(sold.sentences))
    random.shuffle(sentences)
    opening = topic.about if breaking else f"{topic.about} {topic.contents}"
    text = f"{opening}\n\n{' '.join(sentences)}".replace("[", "").replace("]", "")
    price = random.randrange(sold.prices[0] // 10, sold.prices[1] // 10 + 1) * 10 + 9
    attributes = {
        "Price": f"€{price}.00",
        "Vendor": topic.vendor,
        "Category": topic.category,
        "Format": sold.kind,
        "Language": language.name,
    }
    passages = tuple(Passage(code, _phrase(sentence)) for code, sentence in breaches)
    title = sold.title.format(name=topic.name)
    return Listing(str(number), title, text, attributes, passages, (Passage(near[0], _phrase(near[1])),))


def _phrase(sentence: str) -> str:
    return sentence[sentence.index("[") + 1 : sentence.index("]")]
