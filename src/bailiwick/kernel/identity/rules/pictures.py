"""Text as a QR code."""

import segno
from django.utils.safestring import SafeString


def qr_code(text: str, title: str) -> SafeString:
    """An SVG element without inline style, black on white in either theme; `title` says what it is for."""
    drawn: str = segno.make(text, error="m", micro=False).svg_inline(
        scale=5, border=4, light="#fff", svgclass="qr", lineclass=None, title=title, omitsize=True
    )
    return SafeString(drawn.replace("<svg ", '<svg role="img" ', 1))
