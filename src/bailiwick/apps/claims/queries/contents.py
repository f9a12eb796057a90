"""What a stored claim says, as it was given."""

from collections.abc import Sequence

from bailiwick.apps.claims.models import Claim, ClaimLine
from bailiwick.apps.claims.queries.claims import list_lines
from bailiwick.apps.claims.values.claims import NewClaim, NewDiagnosis, NewLine


def load_content(claim: Claim) -> NewClaim:
    """The claim in its present revision."""
    return content_of(claim, list_lines(claim))


def content_of(claim: Claim, lines: Sequence[ClaimLine]) -> NewClaim:
    return NewClaim(
        patient_id=claim.patient_id,
        provider_id=claim.provider_id,
        service_date=claim.service_date,
        lines=tuple(_line_of(line) for line in lines),
        diagnoses=tuple(
            NewDiagnosis(each["code"], each.get("kind", ""), each.get("on_admission", "")) for each in claim.diagnoses
        ),
        service_end=claim.service_end,
        currency=claim.currency,
        kind=claim.kind,
        use=claim.use,
        external_id=claim.external_id,
        place_of_service=claim.place_of_service,
        is_paper=claim.is_paper,
        other_paid=claim.other_paid,
        more=claim.more,
    )


def _line_of(line: ClaimLine) -> NewLine:
    return NewLine(
        procedure_code=line.procedure_code,
        amount=line.amount,
        place=line.place,
        system=line.system,
        modifiers=tuple(line.modifiers),
        diagnosis_pointers=tuple(line.diagnosis_pointers),
        revenue_code=line.revenue_code,
        ndc=line.ndc,
        service_date=line.service_date,
        service_end=line.service_end,
        place_of_service=line.place_of_service,
        quantity=line.quantity,
        unit=line.unit,
        unit_price=line.unit_price,
        factor=line.factor,
        other_paid=line.other_paid,
        text=line.text,
        more=line.more,
    )
