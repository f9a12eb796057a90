"""What a login may look like, so that no two look alike.

Compared in Unicode's form NFKC. Letters of several scripts in one login, and a login that could be read as Latin but
is not, are refused (UTS #39, sections 4 and 5, as far as it goes without its tables).
"""

import unicodedata

MIXED = ({"CJK", "HIRAGANA", "KATAKANA"}, {"CJK", "HANGUL"}, {"CJK", "BOPOMOFO"})
"""Scripts that are written together."""
LIKE_LATIN = frozenset(
    "\u0430\u0441\u0501\u0435\u04bb\u0456\u0458\u04cf\u043e\u0440\u051b\u0455\u051d\u0445\u0443"
    "\u0432\u043a\u043c\u043d\u0442\u0433\u03b1\u03b5\u03b9\u03ba\u03bd\u03bf\u03c1\u03c4\u03c5\u03c7"
    "\u0570\u0575\u0578\u057d\u0581\u0585"
)
"""Small letters of Cyrillic, Greek and Armenian that are taken for Latin ones."""


def normal(login: str) -> str:
    """The one way in which a login is stored and looked for; whether letters are small or capital stays."""
    return unicodedata.normalize("NFKC", login).strip()


def looks_like_another(login: str) -> bool:
    """Whether a normal login mixes scripts, is read as Latin without being it, or has what cannot be seen."""
    letters = [character for character in login.casefold() if character.isalpha()]
    scripts = {_script(letter) for letter in letters}
    if len(scripts) > 1 and not any(scripts <= together for together in MIXED):
        return True
    if letters and scripts != {"LATIN"} and set(letters) <= LIKE_LATIN:
        return True
    return any(unicodedata.category(character) in ("Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp") for character in login)


def _script(letter: str) -> str:
    return unicodedata.name(letter, "UNKNOWN").split()[0].removesuffix("-")
