from django.utils.translation import gettext_lazy as _

from bailiwick.kernel.base.manifest import FilePurpose, JobKind, Manifest, NavigationItem, Verb

EXPORT, BULK = "web.export", "web.bulk"

MANIFEST = Manifest(
    app="web",
    navigation=(NavigationItem(_("Work"), _("My desk"), "web:desk", "home", None, "d", rank=-1),),
    verbs=(
        Verb("web.view.saved", _("saved a view")),
        Verb("web.view.changed", _("changed a view")),
        Verb("web.view.removed", _("removed a view")),
        Verb("web.list.exported", _("exported a list")),
    ),
    jobs=(
        JobKind(EXPORT, _("Export of a list"), "bailiwick.kernel.web.exports.run", tries=3, at_once=2),
        JobKind(BULK, _("Action on many rows"), "bailiwick.kernel.web.bulk.run", tries=3, at_once=2),
    ),
    files=(FilePurpose(EXPORT, _("Export of a list"), ("csv", "xlsx", "jsonl"), kept=7 * 86_400),),
    kinds={
        "web.savedview": _("Saved view"),
    },
)
