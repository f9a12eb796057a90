from django.utils.translation import gettext_lazy as _

from bailiwick.kernel.base.manifest import JobKind, Manifest, NavigationItem, Verb

PURGE = JobKind(
    code="files.purge",
    title=_("Removal of files past their time"),
    run="bailiwick.kernel.files.tasks.purge",
    every=3600,
)

MANIFEST = Manifest(
    app="files",
    navigation=(NavigationItem(_("Work"), _("My files"), "files:list", "file", None, rank=1),),
    verbs=(
        Verb("files.file.stored", _("stored a file")),
        Verb("files.file.opened", _("downloaded a file")),
        Verb("files.file.removed", _("removed a file")),
    ),
    jobs=(PURGE,),
    kinds={
        "files.storedfile": _("File"),
    },
)
