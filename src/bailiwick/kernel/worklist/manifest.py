from django.utils.translation import gettext_lazy as _

from bailiwick.kernel.base.manifest import Manifest, Verb

MANIFEST = Manifest(
    app="worklist",
    verbs=(
        Verb("worklist.item.skipped", _("skipped an item")),
        Verb("worklist.item.escalated", _("escalated an item")),
        Verb("worklist.item.returned", _("gave an item back to everybody")),
        Verb("worklist.item.prioritised", _("changed how urgent an item is")),
        Verb("worklist.settings.changed", _("changed how a queue is worked")),
    ),
    leaving="bailiwick.kernel.worklist.actions.leaving.release_held",
    kinds={
        "worklist.workitem": _("Work item"),
        "worklist.queuesettings": _("Settings of a queue"),
        "decisions.decision": _("Decision"),
    },
)
