"""User codes: twenty random characters of Crockford's base 32 and his check symbol (crockford.com/base32.html)."""

import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CHECKS = ALPHABET + "*~$=U"
LENGTH = 20
GROUP = 5
MISREAD = str.maketrans("OIL", "011", "- ")
"""Letters that are taken for digits; hyphens and spaces only help the eye."""


def new_code() -> str:
    """A fresh code: 100 random bits and what they come to."""
    body = "".join(secrets.choice(ALPHABET) for _place in range(LENGTH))
    return body + check_symbol(body)


def check_symbol(body: str) -> str:
    """The remainder of the number modulo 37, so that one wrong or two swapped characters are noticed."""
    number = 0
    for character in body:
        number = number * len(ALPHABET) + ALPHABET.index(character)
    return CHECKS[number % len(CHECKS)]


def read_code(text: str) -> str | None:
    """The code that somebody typed or read aloud, as it is stored; None when it cannot be one."""
    code = text.strip().upper().translate(MISREAD)
    body, check = code[:LENGTH], code[LENGTH:]
    if not text.isascii() or len(body) != LENGTH or not set(body) <= set(ALPHABET):
        return None
    return code if check == check_symbol(body) else None


def write_code(code: str) -> str:
    """A stored code in groups of five, as people see it."""
    return "-".join(code[start : start + GROUP] for start in range(0, len(code), GROUP))
