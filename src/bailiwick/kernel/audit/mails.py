"""What is written to those who keep an organisation's seals."""

from django.core.mail import EmailMessage
from django.utils.translation import gettext as _

from bailiwick.kernel.audit.values import AnchorLine

STAMP_TYPE = "application/timestamp-reply"


def mail_anchor(address: str, line: AnchorLine, name: str, stamp: bytes | None) -> None:
    """A seal as text and as a file, with the authority's time stamp where there is one."""
    told = {"organization": name, "number": line.number}
    paragraphs = [
        _("This is seal %(number)d over the trail of %(organization)s on Bailiwick:") % told,
        line.text,
        _("Keep this message. Whoever rewrites anything that this seal holds, however well they cover it up, is found"
          " out when the trail is verified with the line above (or the file attached):"),
        f"bailiwick audit verify --anchors {line.name}.jsonl",
        _("Nothing in it is secret, and nothing has to be done."),
    ]  # fmt: skip
    subject = " ".join((_("Seal %(number)d of %(organization)s") % told).split())
    mail = EmailMessage(subject, "\n\n".join(paragraphs) + "\n", None, [address])
    mail.attach(f"{line.name}.jsonl", line.text.encode(), "application/jsonl")
    if stamp:
        mail.attach(f"{line.name}.tsr", stamp, STAMP_TYPE)
    mail.send()
