"""Names of files."""

import re
import unicodedata

LONGEST_NAME = 200
SUFFIXES = {
    "csv": ".csv",
    "jsonl": ".jsonl",
    "xlsx": ".xlsx",
    "pdf": ".pdf",
    "png": ".png",
    "jpeg": ".jpg",
    "text": ".txt",
}
OTHERS = {".tsv": "csv", ".txt": "csv", ".ndjson": "jsonl", ".jpeg": "jpeg", ".jpe": "jpeg", ".jfif": "jpeg"}

_is_ending = re.compile(r"\.[A-Za-z][A-Za-z0-9]{0,9}$").search
_not_in_a_name = re.compile(r'[<>:"|?*]')


def clean_name(name: str, otherwise: str) -> str:
    """The last part of a path without what a file system or a person would stumble over; `otherwise` for nothing."""
    last = re.split(r"[/\\]", name)[-1]
    # Control characters, and format characters that turn the order of letters around.
    visible = "".join(char for char in last if unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Zl", "Zp"))
    cleaned = _not_in_a_name.sub("_", visible).strip(" .")
    if len(cleaned) > LONGEST_NAME:
        stem, dot, suffix = cleaned.rpartition(".")
        keep = dot + suffix if stem and len(suffix) <= 10 else ""
        cleaned = cleaned[: LONGEST_NAME - len(keep)] + keep
    return cleaned or otherwise


def ending_of(name: str) -> str:
    """What a name ends on, as ".pdf"; "" where its end is none that a machine would go by."""
    found = _is_ending(name)
    return found[0].lower() if found else ""


def is_fitting(name: str, kind: str) -> bool:
    """Whether a name ends as its kind does, or has no ending at all."""
    ending = ending_of(name)
    return not ending or ending == SUFFIXES[kind] or OTHERS.get(ending) == kind


def name_to_save_as(name: str, kind: str, *, is_gzip: bool) -> str:
    """The name with an ending that fits the content, so that no machine opens it as something else."""
    stem = name.removesuffix(".gz")
    fitting = (SUFFIXES[kind], *(suffix for suffix, meant in OTHERS.items() if meant == kind))
    named = stem if stem.lower().endswith(fitting) else stem + SUFFIXES[kind]
    return f"{named}.gz" if is_gzip else named
