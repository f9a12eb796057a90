"""Drawing members, clinics and their visits by chance, always the same from the same seed."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from uuid import UUID

from bailiwick.apps.claims.demo.catalogue import CLINICS, PRICES, VISITS, Clinic, Visit
from bailiwick.apps.claims.models import Patient, Provider
from bailiwick.apps.claims.rules.steps.demographics import age_on
from bailiwick.apps.claims.values.claims import NewClaim, NewDiagnosis, NewLine

NOWHERE = "00"
"""No place of service: a claim with it is returned."""


@dataclass(frozen=True, slots=True)
class Draw:
    """Chooses who goes where and what is billed."""

    random: Random
    patients: list[Patient]
    providers: list[Provider]

    def claim(
        self, on: date, number: str, *, is_faulty: bool = False, clinic: Clinic | None = None, code: str = ""
    ) -> NewClaim:
        """A visit on a day, as the clinic bills it; of a clinic, or one where a service is done."""
        if clinic is None:
            clinics = [each for each in CLINICS if any(visit.has(code) for visit in VISITS[each.specialty])]
            [clinic] = self.random.choices(clinics, [each.share for each in clinics])
        visits = [visit for visit in VISITS[clinic.specialty] if visit.has(code)]
        [visit] = self.random.choices(visits, [each.weight for each in visits])
        patient = self.random.choice([each for each in self.patients if self._fits(each, visit, on)])
        is_stay = visit.kind == "institutional" and visit.place == "21"
        return NewClaim(
            patient_id=patient.id,
            provider_id=self._provider(clinic),
            service_date=on,
            service_end=on + timedelta(days=self.random.randint(1, 3)) if is_stay else None,
            lines=tuple(self._line(place, *service) for place, service in enumerate(visit.services, start=1)),
            diagnoses=tuple(
                NewDiagnosis(code, "principal" if place == 0 else "secondary")
                for place, code in enumerate(visit.diagnoses)
            ),
            kind=visit.kind,
            external_id=number,
            place_of_service=NOWHERE if is_faulty else visit.place,
            is_paper=self.random.random() < 0.08,
        )

    def again(self, new: NewClaim, number: str) -> NewClaim:
        """The same visit once more, billed a little differently: what a suspect duplicate looks like."""
        first, *others = new.lines
        changed = NewLine(
            first.procedure_code, first.amount + 5, place="1", modifiers=first.modifiers, quantity=first.quantity
        )
        return NewClaim(
            patient_id=new.patient_id,
            provider_id=new.provider_id,
            service_date=new.service_date,
            lines=(changed, *others),
            diagnoses=new.diagnoses,
            service_end=new.service_end,
            kind=new.kind,
            external_id=number,
            place_of_service=new.place_of_service,
        )

    def _provider(self, clinic: Clinic) -> UUID:
        return next(each.id for each in self.providers if each.name == clinic.name)

    def _fits(self, patient: Patient, visit: Visit, on: date) -> bool:
        return visit.least_age <= age_on(patient.date_of_birth, on) <= visit.most_age

    def _line(self, place: int, code: str, units: int, *modifiers: str) -> NewLine:
        price = Decimal(PRICES[code]) * Decimal(self.random.randint(112, 185)) / 100
        unit_price = price.quantize(Decimal("0.01"))
        return NewLine(
            code,
            unit_price * units,
            place=str(place),
            modifiers=modifiers,
            quantity=Decimal(units),
            unit_price=unit_price,
        )
