"""The reasons for which the invented marketplace rejects a listing, and what models and reviewers say of each."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Policy:
    """A reason with its policy text. `claim` says why a phrase breaks it, `excuse` why another phrase does not."""

    code: int
    title: str
    text: str
    claim: str
    excuse: str


LIFETIME, RETURNS, DISTANCE, HEALTH, IMPRINT = 266544, 266551, 266560, 266572, 266580
SCARCITY, SUCCESS, ADDRESSES = 266591, 266597, 266608

POLICIES = (
    Policy(
        LIFETIME,
        "Lifetime access promised",
        "Access may not be promised for life without naming whose life is meant. Say until when it is given at least.",
        "promises access for life without saying whose life is meant",
        "The text names the end of the access: nothing is promised for life.",
    ),
    Policy(
        RETURNS,
        "Promise of returns",
        "A listing does not promise a return, nor name one as certain. Past results are named with their period.",
        "names a return as certain",
        "A sum is mentioned, but no return is promised.",
    ),
    Policy(
        DISTANCE,
        "Distance learning may need registration",
        "Supervised learning with an exam may need a registration. The listing names its number, or who is in charge.",
        "offers supervised learning with an exam, and no registration is named",
        "Nobody checks what was learned, so no registration is needed.",
    ),
    Policy(
        HEALTH,
        "Health claim",
        "A product does not claim to heal, prevent or ease an illness.",
        "claims an effect on an illness",
        "The text sends people to a doctor; it claims no effect.",
    ),
    Policy(
        IMPRINT,
        "Missing imprint",
        "The sales page names who sells, with a postal address.",
        "leaves open who sells, and no postal address was found",
        "Name and address stand in the imprint of the sales page.",
    ),
    Policy(
        SCARCITY,
        "Scarcity that is made up",
        "Places, copies or time are called short only where they are, and the listing says why.",
        "calls something short that is not",
        "The limit is real, and the text says why.",
    ),
    Policy(
        SUCCESS,
        "Success guaranteed",
        "Nobody can promise that an exam is passed, a job found or a weight reached.",
        "promises a result that depends on the buyer",
        "What is promised is the money back, not the result.",
    ),
    Policy(
        ADDRESSES,
        "Personal data for sale",
        "Lists of addresses, telephone numbers or profiles of people are not sold, nor added as a bonus.",
        "offers personal data of other people",
        "The contacts are public offices, not people.",
    ),
)
UNCONFIRMED = {
    266609: (LIFETIME, "Access promised for life"),
    266610: (SUCCESS, "Result guaranteed"),
}
"""What reviewers added in their own words: the same as a reason of the catalogue, and waiting to be merged with it."""
