"""An organisation in which predictions are sensitive, with one of them, and the people of an emergency."""

from dataclasses import dataclass

from bailiwick.apps.predictions.manifest import KIND
from bailiwick.apps.predictions.models import Prediction
from bailiwick.apps.predictions.tests.factories import submitted
from bailiwick.kernel.audit.models import Read
from bailiwick.kernel.disclosures.actions import break_glass, change_sensitivity
from bailiwick.kernel.disclosures.models import Emergency
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.tenancy.models import Organization
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.factories import actor_for, new_member, new_organization

REASON = "The seller calls: a life depends on this listing."


@dataclass
class House:
    """`helper` may break the glass, `officer` reviews it, `owner` sees predictions anyway."""

    organization: Organization
    helper: Member
    officer: Member
    owner: Member
    program: Member
    prediction: Prediction

    def reads(self) -> list[Read]:
        """Every reading on record, oldest first."""
        with enter(self.organization.id):
            return list(Read.objects.order_by("id"))

    def break_glass(self, member: Member | None = None) -> Emergency:
        """By the product's number, for REASON."""
        actor = actor_for(member or self.helper)
        with enter(self.organization.id, member_id=actor.member_id):
            return break_glass(actor=actor, kind=KIND, known_by=self.prediction.product_id, reason=REASON)

    def turn(self, *, is_sensitive: bool) -> None:
        """Say whether predictions are sensitive here."""
        actor = actor_for(self.officer)
        with enter(self.organization.id, member_id=actor.member_id):
            change_sensitivity(actor=actor, kind=KIND, is_sensitive=is_sensitive)


def new_house() -> House:
    organization = new_organization()
    program = new_member(organization, "submitter", kind="program")
    with enter(organization.id, member_id=program.id):
        prediction = submitted(actor_for(program), title="A listing nobody may see")
    house = House(
        organization,
        helper=new_member(organization, "emergency", name="Hanna Helper"),
        officer=new_member(organization, "privacy-officer", name="Olga Officer"),
        owner=new_member(organization, "model-owner", name="Oskar Owner"),
        program=program,
        prediction=prediction,
    )
    house.turn(is_sensitive=True)
    return house
