"""A few listings of an invented marketplace, as an invented model judged them."""

from decimal import Decimal
from uuid import UUID

from bailiwick.apps.predictions.actions.ingest import submit_prediction
from bailiwick.apps.predictions.models import Reason
from bailiwick.apps.predictions.rules import confidence_of
from bailiwick.apps.predictions.values import NewPrediction, NewReason
from bailiwick.kernel.access.actions import write_grant
from bailiwick.kernel.access.actors import Actor, rights_of
from bailiwick.kernel.base.actors import ActorRef
from bailiwick.kernel.identity.actions import add_member
from bailiwick.kernel.identity.choices import Credential, MemberKind
from bailiwick.kernel.tenancy.scope import enter

CATALOGUE = {
    266544: ("Lifetime access promised", "Access may not be promised for life without naming whose life is meant."),
    266551: ("Promise of returns", "A listing does not promise a return, nor name one as certain."),
    266560: ("Distance learning may need registration", "Supervised learning with an exam may need a registration."),
    266572: ("Health claim", "A product does not claim to heal, prevent or ease an illness."),
    266580: ("Missing imprint", "The sales page names who sells, with a postal address."),
}

# product, title, text, price, reasons as (number, score, explanation)
LISTINGS = [
    ("498589", "Portfolio-Masterclass: sicher investieren in 90 Tagen",
     "In dieser Masterclass baust du Schritt für Schritt dein erstes Portfolio auf.\n\nMit dem Kauf erhältst du "
     "lebenslangen Zugang zu allen Lektionen. Unsere Teilnehmer erzielen im Schnitt garantiert 8 % Rendite pro Jahr.",
     "€497.00", [(266544, "0.97", "The phrase “lebenslangen Zugang” promises access for life."),
                 (266551, "0.91", "“garantiert 8 % Rendite” names a return as certain."),
                 (266560, "0.58", "Supervised lessons with homework may fall under the distance-learning act.")]),
    ("498590", "Trading signals, VIP group",
     "Join the group and copy our trades.\n\nNine of ten signals close in profit; members double their money monthly.",
     "€89.00", [(266551, "0.96", "“members double their money monthly” promises a return.")]),
    ("498592", "Keto kitchen: 60 recipes for busy weeks",
     "Sixty recipes with shopping lists, each on the table in half an hour.", "€19.00", []),
    ("498588", "Kurs języka niemieckiego A1–B1",
     "Dwadzieścia lekcji wideo z ćwiczeniami, od podstaw do poziomu B1.", "€59.00", []),
    ("498587", "Astrologie-Jahreslesung 2027",
     "Deine persönliche Lesung für das neue Jahr.\n\nViele berichten, dass ihre Migräne danach verschwunden ist.",
     "€149.00", [(266572, "0.71", "“Migräne danach verschwunden” claims to heal.")]),
    ("498581", "Dropshipping accelerator",
     "Build a shop in a weekend. The seller gives a name and a phone number, no address.", "€297.00",
     [(266580, "0.93", "No postal address was found on the sales page."),
      (266551, "0.64", "“pays for itself in the first week” may promise a return.")]),
    ("498579", "Yoga für den Rücken, 30 Tage", "Jeden Tag zwanzig Minuten, ohne Geräte.", "€29.00", []),
    ("498574", "Affiliate bootcamp with lifetime updates",
     "Six modules, weekly calls, and updates for a lifetime.", "€197.00",
     [(266544, "0.95", "“updates for a lifetime” does not say whose lifetime.")]),
    ("498570", "Hypnose gegen Flugangst", "Drei Aufnahmen, die dich auf den Flug vorbereiten.", "€39.00",
     [(266572, "0.62", "The title may claim to treat a phobia.")]),
    ("498566", "Excel for accountants", "Forty worksheets on the month-end close, with solutions.", "€79.00", []),
    ("498561", "Zeitmanagement-Planer (PDF)", "Ein Planer für zwölf Wochen zum Ausdrucken.", "€9.00", []),
    ("498559", "Krypto-Depot in 7 Tagen", "Sieben Abende, ein Depot. Verluste sind mit unserer Methode ausgeschlossen.",
     "€249.00", [(266551, "0.98", "“Verluste sind ausgeschlossen” promises that nothing can be lost."),
                 (266580, "0.88", "The imprint names a company that is not in the register given.")]),
]  # fmt: skip


def fill(organization_id: UUID) -> None:
    """Add the catalogue, and submit the listings as a model's output."""
    with enter(organization_id) as scope:
        system = ActorRef(organization_id, scope.member_id, Credential.SYSTEM)
        member = add_member(system, name="marketplace-sync", kind=MemberKind.PROGRAM)
        write_grant(system, member.id, "submitter")
        actor = Actor(
            organization_id, member.id, member.name, member.kind, Credential.SYSTEM, rights=rights_of(("submitter",))
        )
        for code, (title, policy) in CATALOGUE.items():
            Reason.objects.create(code=code, title=title, policy=policy, is_confirmed=True)
        for listing in LISTINGS:
            submit_prediction(actor=actor, new=_prediction(*listing))


def _prediction(product: str, title: str, text: str, price: str, reasons: list[tuple[int, str, str]]) -> NewPrediction:
    scores = [Decimal(score) for _code, score, _explanation in reasons]
    return NewPrediction(
        product_id=product,
        verdict="reject" if reasons else "accept",
        confidence=max(scores, default=Decimal("0.97")),
        model_name="listing-judge",
        model_version="4.2",
        title=title,
        text=text,
        attributes={"Price": price, "Refund": "14 days"},
        reasons=tuple(
            NewReason(explanation, confidence_of(Decimal(score)), code=code, score=Decimal(score))
            for code, score, explanation in reasons
        ),
    )
