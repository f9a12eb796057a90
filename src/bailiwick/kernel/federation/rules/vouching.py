"""What is taken of what a provider says: it is a stranger's text, whoever signed it."""

import re
import unicodedata

LONGEST_SUBJECT, LONGEST_NAME, LONGEST_MAIL = 500, 150, 254
DOMAIN = re.compile(r"(?=.{4,253}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}")
LOCAL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}")


def read_subject(text: str) -> str:
    """The subject as it is, or "" when it cannot name anybody: compared by character, so none is changed."""
    is_whole = 0 < len(text) <= LONGEST_SUBJECT and all(unicodedata.category(each)[0] != "C" for each in text)
    return text if is_whole else ""


def read_name(text: str) -> str:
    """A name for people to read: without what is not seen, or turns the writing round."""
    seen = "".join(" " if each.isspace() else each for each in unicodedata.normalize("NFC", text))
    seen = "".join(each for each in seen if unicodedata.category(each)[0] != "C")
    return " ".join(seen.split())[:LONGEST_NAME].strip()


def read_mail(text: str) -> tuple[str, str]:
    """Address and domain in small letters, or ("", ""): only ASCII, because look-alikes are other people's."""
    local, _at, domain = text.strip().rpartition("@")
    if not text.isascii() or len(text) > LONGEST_MAIL or not LOCAL.fullmatch(local):
        return "", ""
    domain = read_domain(domain)
    return (f"{local.lower()}@{domain}", domain) if domain else ("", "")


def read_domain(text: str) -> str:
    """A domain in small letters without its last dot, or "": names beyond ASCII are written "xn--…"."""
    domain = text.strip().lower().removesuffix(".")
    return domain if text.isascii() and DOMAIN.fullmatch(domain) and not domain.rpartition(".")[2].isdigit() else ""
