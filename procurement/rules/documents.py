"""Which files may be attached: read from their content, never from their name."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from marketplace.errors import Invalid

# Content types that people can open everywhere and that carry no macros by themselves.
ALLOWED: Final[Mapping[str, tuple[str, ...]]] = {
    "application/pdf": (".pdf",),
    "image/jpeg": (".jpg", ".jpeg"),
    "image/png": (".png",),
    "text/csv": (".csv",),
    "text/plain": (".txt",),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": (".docx",),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": (".xlsx",),
    "application/vnd.oasis.opendocument.text": (".odt",),
    "application/vnd.oasis.opendocument.spreadsheet": (".ods",),
}


class BadDocument(Invalid):
    """The file cannot be attached: its size, name or content is not accepted."""

    code = "bad-document"


@dataclass(frozen=True)
class CheckedFile:
    filename: str
    media_type: str


def check(filename: str, content: bytes, found_types: frozenset[str], limit: int) -> CheckedFile:
    """Return the accepted name and type; raises BadDocument.

    `found_types` are the media types that the content itself shows; `limit` is in bytes.
    """
    name = filename.replace("\\", "/").rsplit("/", 1)[-1].strip()[:200]
    if not content:
        raise BadDocument(f"“{name}” is empty.", where="file")
    if len(content) > limit:
        raise BadDocument(
            f"“{name}” is {len(content) / 1_048_576:.1f} MB; the limit is {limit // 1_048_576} MB.",
            where="file",
            remedy="Send a smaller file, for example a PDF with smaller pictures.",
        )
    for media_type, endings in ALLOWED.items():
        if name.lower().endswith(endings):
            return CheckedFile(name, _matching(name, media_type, content, found_types))
    raise BadDocument(
        f"“{name}” is of a kind that is not accepted.",
        where="file",
        remedy="Send PDF, JPEG, PNG, CSV, text, Word, Excel or OpenDocument files.",
    )


def _matching(name: str, media_type: str, content: bytes, found: frozenset[str]) -> str:
    if media_type.startswith("text/"):
        if _is_text(content):
            return media_type
    elif media_type in found:
        return media_type
    raise BadDocument(
        f"“{name}” does not contain what its name says.",
        where="file",
        remedy="Save the file again in the format of its ending, and send that.",
    )


def _is_text(content: bytes) -> bool:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return "\x00" not in text
