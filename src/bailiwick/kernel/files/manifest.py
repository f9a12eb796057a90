from django.utils.translation import gettext_lazy as _

from bailiwick.kernel.base.manifest import Manifest, Verb

MANIFEST = Manifest(
    app="files",
    verbs=(
        Verb("files.file.stored", _("stored a file")),
        Verb("files.file.opened", _("downloaded a file")),
        Verb("files.file.removed", _("removed a file")),
    ),
)
