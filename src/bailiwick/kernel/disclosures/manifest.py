from django.utils.translation import gettext_lazy as _

from bailiwick.kernel.base.manifest import Manifest, Right

READ, BREAK_GLASS, REVIEW = "disclosures.read", "disclosures.break_glass", "disclosures.review"

MANIFEST = Manifest(
    app="disclosures",
    rights=(
        Right(READ, _("See who read what is sensitive")),
        Right(BREAK_GLASS, _("Open a sensitive record in an emergency")),
        Right(REVIEW, _("Review what was opened in an emergency, and decide what is sensitive")),
    ),
)
