"""Whatever the sources say to people, the German catalogue says too, and it says nothing else."""

import ast
import gettext
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import rest_framework
from django.template.base import Lexer, TokenType
from django.utils.translation.template import templatize

from bailiwick.runtime.catalogues import read_catalogue
from tests.architecture.sources import PACKAGE, name_of, python_files, tree

CATALOGUE = PACKAGE / "locale" / "de" / "LC_MESSAGES" / "django.po"
ARGUMENTS = {
    "gettext": ("message",),
    "ngettext": ("message", "plural"),
    "pgettext": ("context", "message"),
    "npgettext": ("context", "message", "plural"),
}
"""What each function of gettext is given, in its order; the lazy ones are given the same."""
TEXT = r"""u?('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
SAID = re.compile(rf"\b(n?p?gettext|_)\(\s*{TEXT}(?:\s*,\s*{TEXT})?(?:\s*,\s*{TEXT})?")
"""A call of gettext as Django writes it when it turns a template into Python."""
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%%|\{\w*\}")
FAMILIAR = re.compile(r"\b(du|dir|dich|deine?|stelle sicher|gib|nutze|benutze|prüfe|lade)\b", re.IGNORECASE)
MARKUP = re.compile(r"<!--.*?-->|<(script|style|code|pre)\b.*?</\1>|<[^>]*>", re.DOTALL)
"""Tags, and what is the same in every language: styles and code."""
ATTRIBUTE = re.compile(r"""\b(?:alt|aria-label|placeholder|title)\s*=\s*["']([^"']*)""")
NAMES = re.compile(r"Bailiwick|&\w+;|main-narrow")
"""What is called the same everywhere, characters by their names, and the one class that a block names."""


def key_of(function: str, texts: list[str]) -> str:
    """The message as a compiled catalogue knows it."""
    given = dict(zip(ARGUMENTS[function], texts, strict=False))
    context = f"{given['context']}\4" if "context" in given else ""
    return context + given["message"] + (f"\0{given['plural']}" if "plural" in given else "")


def said_in_python(path: Path) -> Iterator[tuple[str, str]]:
    """Place and message of every call of gettext; a message that is no plain text is an empty one."""
    known = {
        each.asname or each.name: each.name.removesuffix("_lazy")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for each in node.names
    }
    for node in ast.walk(tree(path)):
        if not isinstance(node, ast.Call):
            continue
        name = ast.unparse(node.func)
        function = known.get(name, name.removeprefix("translation.").removesuffix("_lazy"))
        if function in ARGUMENTS:
            given = node.args[: len(ARGUMENTS[function])]
            texts = [str(each.value) if isinstance(each, ast.Constant) else "" for each in given]
            yield f"{name_of(path)}:{node.lineno}", key_of(function, texts) if all(texts) else ""


def said_in_template(path: Path) -> Iterator[tuple[str, str]]:
    """Place and message of every tag and filter that translates."""
    for call in SAID.finditer(templatize(path.read_text())):
        function = "gettext" if call[1] == "_" else call[1]
        texts = [ast.literal_eval(text) for text in call.groups()[1:] if text]
        yield name_of(path), key_of(function, texts)


def templates() -> list[Path]:
    return sorted([*PACKAGE.rglob("templates/**/*.html"), *PACKAGE.rglob("templates/**/*.txt")])


@pytest.fixture(scope="module")
def said() -> dict[str, str]:
    """Every message of the sources, with one place where it stands."""
    found = {message: place for path in templates() for place, message in said_in_template(path)}
    return found | {message: place for path in python_files(tests=True) for place, message in said_in_python(path)}


@pytest.fixture(scope="module")
def german() -> dict[str, str]:
    """The translations that are compiled: neither those marked fuzzy nor the empty ones."""
    return {message: text for message, text in read_catalogue(CATALOGUE.read_text()).items() if message}


@pytest.fixture(scope="module")
def borrowed() -> dict[str, str]:
    """What the library under the API says in German, in words of its own."""
    folder = Path(rest_framework.__file__).parent / "locale" / "de" / "LC_MESSAGES"
    with (folder / "django.mo").open("rb") as content:
        messages = gettext.GNUTranslations(content)._catalog
    return {message: text for message, text in messages.items() if isinstance(message, str)}


def test_gettext_is_given_plain_texts(said: dict[str, str]) -> None:
    assert "" not in said, said.get("")


def test_every_message_is_said_in_german(said: dict[str, str], german: dict[str, str]) -> None:
    assert {message: place for message, place in said.items() if message not in german} == {}


def test_the_catalogue_says_nothing_that_nobody_reads(
    said: dict[str, str], german: dict[str, str], borrowed: dict[str, str]
) -> None:
    text = CATALOGUE.read_text()
    assert [message for message in german if message not in said and message not in borrowed] == []
    assert "\n#~" not in text
    assert text.count("\nmsgid ") == 1 + len(german), "a message stands twice, is fuzzy or is empty"


def test_nobody_is_called_du(german: dict[str, str], borrowed: dict[str, str]) -> None:
    """Where the library does, our catalogue says it in other words, which come before its own."""
    assert [message for message, text in (borrowed | german).items() if FAMILIAR.search(text)] == []


def forms_of(message: str, translation: str) -> tuple[list[str], list[str]]:
    """The singular and, where there is one, the plural, in English and in German."""
    return message.split("\4")[-1].split("\0"), translation.split("\0")


def test_placeholders_agree(german: dict[str, str]) -> None:
    """A German singular may name the count where the English one does not."""
    differ = {}
    for message, translation in german.items():
        wanted, found = (
            [sorted(PLACEHOLDER.findall(each)) for each in side] for side in forms_of(message, translation)
        )
        if len(wanted) != len(found) or found[-1] != wanted[-1] or found[0] not in wanted:
            differ[message] = translation
    assert differ == {}


def test_spaces_at_the_ends_agree(german: dict[str, str]) -> None:
    differ = {}
    for message, translation in german.items():
        english, own = forms_of(message, translation)
        if len({(each[:1].isspace(), each[-1:].isspace()) for each in [*english, *own]}) != 1:
            differ[message] = translation
    assert differ == {}


def bare_words(path: Path) -> list[str]:
    """Words of a template that people see and that no tag has translated."""
    is_translated, text = False, ""
    for token in Lexer(path.read_text()).tokenize():
        if token.token_type == TokenType.BLOCK:
            tag = token.contents.split()[0]
            is_translated = tag == "blocktranslate" or (is_translated and tag != "endblocktranslate")
        elif token.token_type == TokenType.TEXT and not is_translated:
            text += token.contents
    seen = NAMES.sub("", " ".join([MARKUP.sub(" ", text), *ATTRIBUTE.findall(text)]))
    return re.findall(r"[^\W\d_]{2,}", seen)


def test_no_template_says_anything_past_gettext() -> None:
    assert {name_of(path): words for path in templates() if (words := bare_words(path))} == {}
