"""A paper as data, and its PDF. What it says comes as text, never as markup of the layout."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import segno
import typst

LAYOUT = Path(__file__).with_name("paper.typ")


@dataclass(frozen=True)
class Facts:
    """Pairs of a name and its value; `exact` values are hashes and keys, set in one width."""

    rows: tuple[tuple[str, str], ...]
    exact: bool = False
    kind: str = "facts"


@dataclass(frozen=True)
class Words:
    """Paragraphs, under a heading if there is one."""

    paragraphs: tuple[str, ...]
    heading: str = ""
    kind: str = "words"


@dataclass(frozen=True)
class Rows:
    """A table; `numeric` holds the numbers of the columns that are set to the right."""

    heading: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[int, ...] = ()
    kind: str = "rows"


Block = Facts | Words | Rows


@dataclass(frozen=True)
class Paper:
    """What stands on a paper. `code` becomes a QR code whose text stands beside it."""

    title: str
    issuer: str
    reference: str
    dated: datetime
    date_words: str
    blocks: tuple[Block, ...]
    code: str = ""
    code_words: str = ""
    language: str = "en"


def pdf(paper: Paper) -> bytes:
    """The paper as PDF/UA-1. The same paper gives the same bytes: its date is its own."""
    said = asdict(paper) | {"dated": None}
    inputs = {"paper": json.dumps(said), "code": _qr(paper.code) if paper.code else ""}
    made: bytes = typst.compile(
        LAYOUT,
        ignore_system_fonts=True,
        sys_inputs=inputs,
        pdf_standards="ua-1",
        timestamp=paper.dated,
    )
    return made


def _qr(text: str) -> str:
    """A QR code as SVG, with the quarter damage that a folded sheet may suffer."""
    return str(segno.make(text, error="q", micro=False).svg_inline(scale=4, border=2))
