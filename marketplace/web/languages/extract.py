"""Find every string that the public and those who sell can read, in templates and modules."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation.template import templatize

# Where pages are made. Paths are relative to the root of the project.
ROOTS = ("marketplace", "procurement", "produce", "api")
# Read by the buyer's people, auditors and administrators alone: those pages are in English.
OFFICE = re.compile(
    r"templates/web/(officer|evaluation|audit|people|styleguide|award/(act|show|recommend)|allocation/act)"
    r"|templates/web/record/flags|web/(forms|views|presenters)/(redflags|auditfiles|auditroom)"
    r"|web/forms/(amending|division|drafts|exports|extras|findings|judging|lots|methods|opening|styleguide)"
    r"|web/views/(amending|auditor|cancelling|draft|erasing|evaluations|judging|people|styleguide)"
    r"|web/presenters/(draft|manage)"
)
# `say` is the translation that the telephone menu is given.
CALLS = frozenset({"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "say"})
_TEXT = r"""u?('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
_IN_TEMPLATE = re.compile(rf"(?<!\w)(?:n?gettext|_)\({_TEXT}(?:, *{_TEXT})?")
# Said by strftime, so they stand in no call.
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
    *("Jan", "Feb", "Mar", "Apr", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
)
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

# The labels of choices that models keep: pages translate them as they show them.
CHOICES = (
    *("Everyone", "Smallholders", "Women", "Youth"),
    *("Buyer", "Farmer", "Co-operative", "Company", "Oversight body", "Platform operator"),
    *("Grain board", "School feeding", "Hospital", "Prison service", "Other public body"),
    *("Lowest price", "Lowest evaluated price", "Price per quality"),
    *("Points between two published prices", "Points relative to the lowest price"),
    *("Award", "Not awarded", "First test", "Test of the sealed duplicate"),
)


@dataclass(frozen=True)
class Message:
    """A string as written in the code; `plural` is empty unless it counts something."""

    text: str
    plural: str
    where: str


def messages(base: Path) -> dict[str, Message]:
    """All strings of the public pages and of those who sell, by text, in the order of files."""
    found = {word: Message(word, "", "dates") for word in (*MONTHS, *DAYS)}
    found |= {word: Message(word, "", "choices") for word in CHOICES}
    for path in files(base):
        for message in _read(path, path.relative_to(base).as_posix()):
            known = found.setdefault(message.text, message)
            if message.plural and not known.plural:
                found[message.text] = message
    return found


def files(base: Path) -> list[Path]:
    kinds = ("*.html", "*.txt", "*.py")
    every = {path for root in ROOTS for kind in kinds for path in (base / root).rglob(kind)}
    return sorted(p for p in every if not OFFICE.search(p.relative_to(base).as_posix()))


def _read(path: Path, where: str) -> Iterator[Message]:
    source = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        yield from _in_module(source, where)
    elif "/templates/" in where:
        yield from _in_template(source, where)


def _in_template(source: str, where: str) -> Iterator[Message]:
    for call in _IN_TEMPLATE.finditer(templatize(source, origin=where)):
        text, plural = (ast.literal_eval(part) if part else "" for part in call.groups())
        yield Message(text, plural, where)


def _in_module(source: str, where: str) -> Iterator[Message]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in CALLS:
            texts = [a.value for a in node.args if isinstance(a, ast.Constant)]
            words = [text for text in texts if isinstance(text, str)]
            if words:
                yield Message(words[0], words[1] if len(words) > 1 else "", where)
