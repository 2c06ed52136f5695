"""Cuts a large JSON text into its parts without holding it: a reader for packages of any size.

Of the text only the part that is being cut is in memory. What a part says is read by `strict`.
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Final

CHUNK: Final = 1 << 18
# One release or record; a larger one is refused before it fills the memory.
LARGEST_PART: Final = 32 * 1024 * 1024
LISTS: Final = ("releases", "records")
_SPACE = re.compile(r"[ \t\r\n]*")
_STOP = re.compile(r'[{}\[\]"]')
_REST_OF_TEXT = re.compile(r'[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_SCALAR = re.compile(r"[^,\]}\s]+")


class Broken(Exception):
    """The text as a whole cannot be read; `where` is a place in it, as line and column."""

    def __init__(self, why: str, where: str) -> None:
        super().__init__(why)
        self.why, self.where = why, where


@dataclass(frozen=True, slots=True)
class Part:
    """One piece of the file: `name` is the list it stands in, or the key, or `document`."""

    name: str
    where: str
    text: str


class Source:
    """Decoded text that is read on as it is needed."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._decoder = codecs.getincrementaldecoder("utf-8")("strict")
        self.text, self.at, self.ended = "", 0, False
        self.line = 1
        self.fill()
        # A byte order mark is no part of the text.
        self.text = self.text.removeprefix("\ufeff")

    def fill(self) -> bool:
        """Read on; False at the end. Raises Broken for bytes that are not UTF-8, and for NUL."""
        if self.ended:
            return False
        raw = self._file.read(CHUNK)
        try:
            more = self._decoder.decode(raw, final=not raw)
        except UnicodeDecodeError as error:
            raise Broken(f"It is not UTF-8: {error.reason}", self.place(0)) from error
        self.ended = not raw
        if "\x00" in more:
            raise Broken("It holds a NUL character", self.place(0))
        self.text += more
        return bool(raw)

    def place(self, extra: int) -> str:
        return f"line {self.line + self.text.count(chr(10), 0, self.at + extra)}"

    def forget(self) -> None:
        """Drop what was read already."""
        if self.at > CHUNK:
            self.line += self.text.count("\n", 0, self.at)
            self.text, self.at = self.text[self.at :], 0

    def peek(self) -> str:
        """The next character that is no space; empty at the end."""
        while True:
            found = _SPACE.match(self.text, self.at)
            assert found is not None
            self.at = found.end()
            if self.at < len(self.text):
                return self.text[self.at]
            self.forget()
            if not self.fill():
                return ""

    def take(self, wanted: str) -> None:
        found = self.peek()
        if found != wanted:
            shown = f"“{found}”" if found else "the end"
            raise Broken(f"“{wanted}” is expected and {shown} is found", self.place(0))
        self.at += 1

    def value(self) -> str:
        """The text of the next value, whatever it is."""
        first = self.peek()
        start = self.at
        end = self._end(first)
        found = self.text[start:end]
        self.at = end
        self.forget()
        return found

    def ahead(self) -> str | None:
        """The object that begins here, if all of it has been read; nothing is taken."""
        ended, self.ended = self.ended, True
        try:
            return self.text[self.at : self._bracketed()]
        except Broken:
            return None
        finally:
            self.ended = ended

    def _end(self, first: str) -> int:
        if first in ("{", "["):
            return self._bracketed()
        if first == '"':
            return self._past(self.at + 1)
        return self._scalar()

    def _bracketed(self) -> int:
        depth, here = 0, self.at
        while True:
            found = _STOP.search(self.text, here)
            if found is None:
                here = len(self.text)
                self._more()
                continue
            here, sign = found.end(), found.group()
            if sign == '"':
                here = self._past(here)
                continue
            depth += 1 if sign in "{[" else -1
            if depth == 0:
                return here

    def _past(self, here: int) -> int:
        """Just after the quotation mark that ends a text which begins at `here`."""
        while (found := _REST_OF_TEXT.match(self.text, here)) is None:
            self._more()
        return found.end()

    def _scalar(self) -> int:
        while True:
            found = _SCALAR.match(self.text, self.at)
            if found is None:
                raise Broken("A value is missing", self.place(0))
            if found.end() < len(self.text) or not self.fill():
                return found.end()

    def _more(self) -> None:
        if len(self.text) - self.at > LARGEST_PART:
            most = LARGEST_PART // 1024 // 1024
            raise Broken(f"One release or record is larger than {most} MB", self.place(0))
        if not self.fill():
            raise Broken("The file ends in the middle of a value", self.place(0))


def parts(file: IO[bytes]) -> Iterator[Part]:
    """Every release, record or document of the file, and the other members of its packages.

    A package is cut into the members of its lists. Anything else (JSON lines too) comes as
    `document`. Raises Broken.
    """
    source = Source(file)
    if not source.peek():
        raise Broken("The file is empty", "line 1")
    while source.peek():
        where = source.place(0)
        if source.peek() == "[":
            yield from _list(source, "document", where)
        elif source.peek() == "{":
            yield from _object(source, where)
        else:
            raise Broken("Neither an object nor a list begins here", where)


def _list(source: Source, name: str, where: str) -> Iterator[Part]:
    source.take("[")
    number = 0
    if source.peek() == "]":
        source.at += 1
        return
    while True:
        at = source.place(0)
        yield Part(name, f"{name}[{number}], {at}", source.value())
        number += 1
        if source.peek() == "]":
            source.at += 1
            return
        source.take(",")


def _object(source: Source, where: str) -> Iterator[Part]:
    """A package as its members; a release or record on its own as one document."""
    ahead = source.ahead()
    begin = source.text[source.at : source.at + CHUNK] if ahead is None else ahead
    if _is_package(begin):
        yield from _members(source)
    else:
        yield Part("document", where, source.value())


def _is_package(text: str) -> bool:
    """By the names at the top: a release or record has an `ocid`, a package says who made it."""
    top = _top_keys(text)
    if {"uri", "publishedDate", "publisher", "version", "extensions", "records"} & top:
        return True
    return "releases" in top and not {"ocid", "compiledRelease"} & top


def _top_keys(text: str) -> set[str]:
    """The keys of the outermost object, as far as the text goes."""
    found: set[str] = set()
    depth, here = 0, 0
    while (stop := _STOP.search(text, here)) is not None:
        here, sign = stop.end(), stop.group()
        if sign == '"':
            end = _REST_OF_TEXT.match(text, here)
            if end is None:
                break
            after = _SPACE.match(text, end.end())
            if depth == 1 and after and text[after.end() : after.end() + 1] == ":":
                found.add(text[here : end.end() - 1])
            here = end.end()
        else:
            depth += 1 if sign in "{[" else -1
    return found


def _members(source: Source) -> Iterator[Part]:
    source.take("{")
    seen: set[str] = set()
    while source.peek() != "}":
        at = source.place(0)
        if source.peek() != '"':
            raise Broken("A name in quotation marks is expected", at)
        key = source.value()[1:-1]
        if key in seen:
            raise Broken(f"The package names “{key}” twice", at)
        seen.add(key)
        source.take(":")
        if key in LISTS and source.peek() == "[":
            yield from _list(source, key, at)
        else:
            yield Part(key, at, source.value())
        if source.peek() != "}":
            source.take(",")
            if source.peek() == "}":
                raise Broken("A comma stands before the end", source.place(0))
    source.at += 1
