"""Compiles gettext catalogues (.po to .mo) without the programs of GNU gettext.

Format: GNU gettext manual, section 10.3, "The Format of GNU MO Files".
"""

import ast
import struct
import sys
from pathlib import Path

from bailiwick.runtime.places import project_root

MAGIC = 0x950412DE
HEADER_SIZE = 28


def read_catalogue(text: str) -> dict[str, str]:
    """The translated messages of a .po file, keyed as in a .mo file; fuzzy and empty ones are left out."""
    messages: dict[str, str] = {}
    for block in text.replace("\r\n", "\n").split("\n\n"):
        lines = [line.strip() for line in block.splitlines()]
        is_fuzzy = any(line.startswith("#,") and "fuzzy" in line for line in lines)
        parts = _read_parts(lines)
        if "msgid" not in parts or (is_fuzzy and parts["msgid"]):
            continue
        key = parts["msgid"]
        if "msgid_plural" in parts:
            key += "\0" + parts["msgid_plural"]
        if "msgctxt" in parts:
            key = parts["msgctxt"] + "\4" + key
        forms = [parts[name] for name in sorted(parts) if name.startswith("msgstr")]
        if all(forms):
            messages[key] = "\0".join(forms)
    return messages


def _read_parts(lines: list[str]) -> dict[str, str]:
    parts: dict[str, str] = {}
    name = ""
    for line in lines:
        if not line or line.startswith("#"):
            continue
        if not line.startswith('"'):
            name, _, line = line.partition(" ")
            parts[name] = ""
        parts[name] += ast.literal_eval(line)
    return parts


def compile_catalogue(messages: dict[str, str]) -> bytes:
    """The bytes of a .mo file."""
    pairs = sorted((key.encode(), value.encode()) for key, value in messages.items())
    count = len(pairs)
    content = b""
    start = HEADER_SIZE + 16 * count
    tables: tuple[list[int], list[int]] = ([], [])
    for table, texts in zip(tables, zip(*pairs, strict=True), strict=True) if pairs else ():
        for text in texts:
            table += [len(text), start + len(content)]
            content += text + b"\0"
    header = struct.pack("<7I", MAGIC, 0, count, HEADER_SIZE, HEADER_SIZE + 8 * count, 0, start)
    return header + struct.pack(f"<{4 * count}I", *tables[0], *tables[1]) + content


def compile_all(package: Path) -> None:
    """Renew every .mo file under `package` that is older than its .po file."""
    for source in package.rglob("locale/*/LC_MESSAGES/*.po"):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime_ns < source.stat().st_mtime_ns:
            target.write_bytes(compile_catalogue(read_catalogue(source.read_text("utf-8"))))


if __name__ == "__main__":
    compile_all(project_root() / "src")
    sys.exit(0)
