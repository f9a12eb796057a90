"""What an invented health plan knows: its plans, clinics, members, services with prices, and why people go there."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

PRICES: dict[str, str] = {
    "99202": "72.14",
    "99204": "166.73",
    "99213": "91.39",
    "99214": "129.77",
    "99285": "176.52",
    "99396": "118.20",
    "99393": "109.85",
    "90471": "20.88",
    "93005": "6.40",
    "94010": "27.11",
    "83036": "9.71",
    "80053": "10.56",
    "80061": "13.39",
    "85025": "7.77",
    "84443": "16.80",
    "87880": "16.53",
    "71046": "33.96",
    "73562": "39.24",
    "72148": "218.40",
    "70551": "226.10",
    "97110": "29.05",
    "97140": "27.02",
    "97530": "37.43",
    "20610": "64.85",
    "27447": "6240.00",
    "44970": "3875.00",
    "96413": "137.80",
    "J1745": "41.16",
    "D0120": "48.00",
    "D1110": "92.00",
    "D2740": "1180.00",
    "D3330": "1065.00",
    "15822": "892.00",
}
"""What is allowed for one unit. Codes are those of their systems; the amounts are invented."""


@dataclass(frozen=True, slots=True)
class Visit:
    """Why somebody goes to a kind of clinic, and what is done there: code, units, modifiers."""

    diagnoses: tuple[str, ...]
    services: tuple[tuple[Any, ...], ...]
    weight: int = 4
    place: str = "11"
    kind: str = "professional"
    least_age: int = 18
    most_age: int = 120

    def has(self, code: str) -> bool:
        """Whether a service is done; "" for any."""
        return not code or any(service[0] == code for service in self.services)


VISITS: dict[str, tuple[Visit, ...]] = {
    "family": (
        Visit(("J06.9",), (("99213", 1),), 6),
        Visit(("E11.9", "I10"), (("99214", 1), ("83036", 1)), 5),
        Visit(("I10",), (("99213", 1), ("80053", 1)), 5),
        Visit(("Z00.00",), (("99396", 1, "25"), ("80053", 1), ("85025", 1)), 5),
        Visit(("J45.909",), (("99214", 1), ("94010", 1)), 2),
        Visit(("F41.1",), (("99214", 1),), 2),
    ),
    "children": (
        Visit(("Z00.129",), (("99393", 1), ("90471", 1)), 4, least_age=5, most_age=11),
        Visit(("J02.0",), (("99213", 1), ("87880", 1)), 4, least_age=1, most_age=17),
    ),
    "laboratory": (
        Visit(("E78.5",), (("80061", 1), ("80053", 1)), 4, place="81"),
        Visit(("D64.9",), (("85025", 1),), 2, place="81"),
        Visit(("E03.9",), (("84443", 1),), 3, place="81"),
    ),
    "imaging": (
        Visit(("M54.16",), (("72148", 1),), 3),
        Visit(("G43.909",), (("70551", 1),), 2),
        Visit(("R07.9",), (("71046", 1),), 3),
    ),
    "therapy": (
        Visit(("M25.561",), (("97110", 2), ("97140", 1), ("97530", 1)), 5),
        Visit(("M54.50",), (("97110", 3), ("97140", 1, "59")), 5),
    ),
    "orthopaedics": (
        Visit(("M17.11",), (("99204", 1), ("73562", 1, "RT")), 3),
        Visit(("M17.11",), (("20610", 1, "RT"),), 3),
        Visit(("M17.11",), (("27447", 1, "RT"),), 1, place="21", least_age=50),
    ),
    "hospital": (
        Visit(
            ("R07.9",),
            (("99285", 1), ("93005", 1), ("71046", 1), ("80053", 1)),
            3,
            place="23",
            kind="institutional",
        ),
        Visit(("K35.80",), (("44970", 1), ("99285", 1)), 1, place="21", kind="institutional"),
    ),
    "infusion": (Visit(("K50.90",), (("J1745", 40), ("96413", 1)), 2), Visit(("M54.50",), (("J1745", 40),), 1)),
    "dental": (
        Visit(("K02.9",), (("D0120", 1), ("D1110", 1)), 4, kind="oral"),
        Visit(("K04.7",), (("D3330", 1), ("D2740", 1)), 2, kind="oral"),
    ),
}


@dataclass(frozen=True, slots=True)
class Clinic:
    name: str
    nine: str
    """The first nine digits of its NPI."""
    specialty: str
    share: int
    is_in_network: bool = True
    is_excluded: bool = False


CLINICS = (
    Clinic("Northgate Family Practice", "141590263", "family", 30),
    Clinic("Meadow Children's Clinic", "162874415", "children", 12),
    Clinic("Westfield Laboratory", "133418052", "laboratory", 14),
    Clinic("Harbour Imaging", "187250934", "imaging", 10),
    Clinic("Brookline Physiotherapy", "150337781", "therapy", 14),
    Clinic("Ellery Orthopaedics", "119046257", "orthopaedics", 8),
    Clinic("St. Bride's Hospital", "174503916", "hospital", 6),
    Clinic("Coast Infusion Centre", "128869340", "infusion", 4, is_in_network=False),
    Clinic("Larkspur Dental", "196210478", "dental", 8),
    Clinic("Dr. Anselm Kerr", "135577129", "family", 1, is_excluded=True),
)

FIRST_NAMES = {
    "female": "Amelia Ruth Nadia Grace Helena Priya Louise Mei Fatima Clara Edith Noor Sofia Joan Ivy",
    "male": "Peter Marcus Rahul Owen Felix Hugo Samir Daniel Viktor Leon Arthur Kenji Tomas Paul Idris",
}
LAST_NAMES = (
    "Hart Osei Lindgren Marsh Petrov Quinn Rao Silva Thorne Ueda Vance Weiss Yilmaz Zapata Abbott Bergman Castillo"
    " Dunn Ekström Farrow"
)

PLANS: tuple[dict[str, Any], ...] = (
    {
        "name": "Linden Choice 500",
        "line_of_business": "commercial",
        "deductible": Decimal(500),
        "out_of_pocket": Decimal(4000),
        "coinsurance": Decimal("0.2"),
    },
    {
        "name": "Linden Medicare Advantage",
        "line_of_business": "medicare",
        "deductible": Decimal(240),
        "out_of_pocket": Decimal(6700),
        "coinsurance": Decimal("0.2"),
    },
    {"name": "Linden Community", "line_of_business": "medicaid", "copay": Decimal(3)},
    {
        "name": "Aster Works Health",
        "line_of_business": "self_funded",
        "deductible": Decimal(1500),
        "out_of_pocket": Decimal(7000),
        "coinsurance": Decimal("0.1"),
        "filing_days": 180,
    },
)
MARK = PLANS[0]["name"]
"""An organisation that has a plan of this name was filled before."""
BENEFITS: tuple[dict[str, Any], ...] = (
    {"title": "Check-ups", "codes": ["9939", "90471"], "is_deductible_waived": True, "coinsurance": Decimal(0)},
    {
        "title": "Visits",
        "codes": ["992"],
        "is_deductible_waived": True,
        "coinsurance": Decimal(0),
        "copay": Decimal(25),
    },
    {"title": "Scans", "codes": ["70", "721"], "needs_authorization": True},
    {"title": "Joint replacement", "codes": ["27447"], "needs_authorization": True},
    {"title": "Physiotherapy", "codes": ["97"], "most_units": 60},
    {"title": "Cosmetic surgery", "codes": ["158"], "is_covered": False},
)
DENTAL: dict[str, dict[str, Any]] = {
    "commercial": {"title": "Dental", "codes": ["D"], "is_covered": False},
    "medicare": {"title": "Dental", "codes": ["D"], "is_covered": False},
    "medicaid": {"title": "Dental", "codes": ["D"]},
    "self_funded": {
        "title": "Dental",
        "codes": ["D"],
        "is_deductible_waived": True,
        "coinsurance": Decimal("0.5"),
        "most_amount": Decimal(1500),
    },
}
RULES: dict[str, Any] = {
    "second_person_above": "2000.00",
    "review_codes": ["J1745"],
    "indications": {"J1745": ["K50", "K51", "M05", "M06", "L40"]},
    "bundles": [{"whole": "97140", "part": "97530", "is_separable": True}],
    "unit_limits": {"99285": 1, "80053": 1, "27447": 2, "97140": 4, "97110": 8},
    "multiple_codes": ["20", "27", "44"],
    "out_of_network": "0.8",
    "other_payer": "ask",
}
CLOCK_RULES: tuple[dict[str, Any], ...] = (
    {
        "kind": "payment",
        "line_of_business": "medicare",
        "days": 30,
        "interest": Decimal("0.0475"),
        "basis": "42 CFR 422.520(a): clean claims within 30 days; else interest as of 31 USC 3902",
    },
    {
        "kind": "payment",
        "line_of_business": "medicaid",
        "days": 30,
        "basis": "42 CFR 447.45(d)(2): 90 per cent of clean claims within 30 days",
    },
    {
        "kind": "payment",
        "is_paper": False,
        "days": 30,
        "interest": Decimal("0.10"),
        "basis": "State law: electronic claims within 30 days",
    },
    {
        "kind": "payment",
        "is_paper": True,
        "days": 45,
        "interest": Decimal("0.10"),
        "basis": "State law: claims on paper within 45 days",
    },
    {"kind": "appeal_filing", "days": 180, "basis": "29 CFR 2560.503-1(h)(3)(i): at least 180 days to appeal"},
    {"kind": "appeal_decision", "days": 60, "basis": "29 CFR 2560.503-1(i)(2)(iii): decided within 60 days"},
)
APPROVALS = (
    "The notes justify it.",
    "A different visit: other findings on the same day.",
    "The clinic has sent what was missing.",
    "Reviewed with the physician; it is in line with the guideline.",
)
CODES = {"duplicate": "18", "medical": "50", "amount": "50", "information": "226"}
"""The CARC of each of these denials; where adjudication has found a reason it is that."""
REFUSALS = {
    "duplicate": "The same service was claimed before.",
    "medical": "Not medically necessary by what was sent.",
    "denial": "Denied for the reason that the rules give.",
    "amount": "The amount is not justified by what was sent.",
    "information": "What was asked for did not come in time.",
}
