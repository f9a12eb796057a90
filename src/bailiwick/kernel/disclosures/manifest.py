from django.utils.translation import gettext_lazy as _

from bailiwick.kernel.base.manifest import Manifest, NavigationItem, Queue, Right, Role, Verb

READ, BREAK_GLASS, REVIEW = "disclosures.read", "disclosures.break_glass", "disclosures.review"

EMERGENCY_QUEUE = Queue(
    code="disclosures.emergencies",
    title=_("Emergencies"),
    right=REVIEW,
    url_name="disclosures:emergencies",
    lease=1800,
    service_level=2 * 86_400,
)

MANIFEST = Manifest(
    app="disclosures",
    rights=(
        Right(READ, _("See who read what is sensitive")),
        Right(BREAK_GLASS, _("Open a sensitive record in an emergency")),
        Right(REVIEW, _("Review what was opened in an emergency, and decide what is sensitive")),
    ),
    roles=(Role("emergency", _("Emergency access"), (BREAK_GLASS,)),),
    navigation=(
        NavigationItem(_("Work"), _("Open in an emergency"), "disclosures:break-glass", "alert-triangle", BREAK_GLASS),
        NavigationItem(
            _("Work"), _("Emergencies"), "disclosures:emergencies", "urgent", REVIEW, "", EMERGENCY_QUEUE.code
        ),
        NavigationItem(_("Organisation"), _("Disclosures"), "disclosures:reads", "eye", READ, rank=2),
        NavigationItem(
            _("Proof"), _("Sensitive records"), "disclosures:sensitive", "shield-lock", REVIEW, rank=5, is_setting=True
        ),
    ),
    queues=(EMERGENCY_QUEUE,),
    verbs=(
        Verb("disclosures.glass.broken", _("opened a sensitive record in an emergency")),
        Verb("disclosures.emergency.justified", _("found an emergency justified")),
        Verb("disclosures.emergency.unjustified", _("found an emergency not justified")),
        Verb("disclosures.kind.changed", _("changed what is sensitive")),
    ),
    kinds={
        "disclosures.emergency": _("Emergency"),
    },
)
