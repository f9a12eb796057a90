"""The release of ICD-10-CM that comes with the installation (simple-icd-10-cm, MIT; the codes are public)."""

import hashlib
import re
import warnings
from datetime import date
from importlib.metadata import version
from typing import Any

from bailiwick.apps.claims.actions.codes import load_codes
from bailiwick.apps.claims.choices import CodeSystem
from bailiwick.apps.claims.models import CodeSet
from bailiwick.apps.claims.values.codes import NewCode, NewRelease
from bailiwick.kernel.base.actors import ActorRef

PACKAGE = "simple-icd-10-cm"
NAME, VALID_FROM = "2026-04", date(2026, 4, 1)
SOURCE = "CDC/NCHS, ICD-10-CM tabular list of 1 April 2026, by the package {package} {version}"
EXCLUDED = re.compile(r"\(([A-Z][0-9][0-9A-Z.]*[0-9A-Z])(?:\.?-)?\)")
WITH_SEVENTH = 8


def load_packaged(*, actor: ActorRef, valid_from: date = VALID_FROM) -> tuple[CodeSet, bool]:
    """Load it whole; the second value says whether it was new. For whoever is at the machine: the caller asks."""
    named = f"{PACKAGE} {version(PACKAGE)}"
    new = NewRelease(
        CodeSystem.ICD10CM,
        NAME,
        valid_from,
        SOURCE.format(package=PACKAGE, version=version(PACKAGE)),
        licence="public domain (codes), MIT (package)",
    )
    digest = hashlib.sha256(named.encode()).digest()
    if known := CodeSet.objects.filter(system=new.system, digest=digest).first():
        return known, False
    return load_codes(actor=actor, new=new, digest=digest, codes=_list_codes())


def _list_codes() -> list[NewCode]:
    """Every category and code. The package reads its 10 MB when it is imported, in a way that Python warns of."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        import simple_icd_10_cm as icd  # type: ignore[import-untyped]

    excludes: dict[str, tuple[str, ...]] = {}
    found: dict[str, NewCode] = {}
    for code in icd.get_all_codes():
        if icd.is_category_or_subcategory(code) and code not in found:
            above = excludes.get(icd.get_parent(code), ())
            excludes[code] = (*above, *EXCLUDED.findall(" ".join(icd.get_excludes1(code))))
            found[code] = NewCode(code, icd.get_description(code), icd.is_leaf(code), _facts(icd, code, excludes[code]))
    return list(found.values())


def _facts(icd: Any, code: str, excludes: tuple[str, ...]) -> dict[str, Any]:
    below = icd.get_children(code)
    facts: dict[str, Any] = {"seventh": True} if below and all(len(each) == WITH_SEVENTH for each in below) else {}
    return facts | ({"excludes": list(dict.fromkeys(excludes))} if excludes else {})
