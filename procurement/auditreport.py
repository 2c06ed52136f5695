"""An audit file as a report: PDF/UA and XLSX, out of the same rows."""

import io
from typing import Any

import xlsxwriter

from marketplace.papers.paper import Facts, Paper, Rows, Words
from procurement.models import AuditFile
from procurement.papers import instant

SAMPLE = ("Place", "Tender", "Lot", "Title", "Measure")
NOTES = ("Kind", "Tender", "Text", "Written")


def facts(file: AuditFile) -> list[tuple[str, str]]:
    return [
        ("File", f"{file.public_id}: {file.title}"),
        ("Drawn", instant(file.made_at)),
        ("By", file.made_by.full_name),
        ("Method", file.get_method_display()),
        ("Seed", file.seed),
        ("Drawn from", f"{file.population} awarded lots"),
        ("Digest of their list", file.population_digest),
    ]


def sample(file: AuditFile) -> list[tuple[str, ...]]:
    rows = file.lots.select_related("lot__tender").order_by("position")
    return [
        (str(r.position), r.lot.tender.reference, str(r.lot.number), r.lot.title, r.measure)
        for r in rows
    ]


def notes(file: AuditFile) -> list[tuple[str, ...]]:
    rows = file.notes.select_related("tender").order_by("id")
    return [
        (
            n.get_kind_display(),
            n.tender.reference if n.tender else "–",
            n.text,
            instant(n.written_at),
        )
        for n in rows
    ]


def paper(file: AuditFile) -> Paper:
    """The report; the same file gives the same bytes until something is written in it."""
    latest = file.notes.order_by("-id").first()
    dated = latest.written_at if latest else file.made_at
    written = notes(file)
    return Paper(
        title="Audit file",
        issuer="Musika",
        reference=file.public_id,
        dated=dated,
        date_words=instant(dated),
        blocks=(
            Facts(tuple(facts(file))),
            Rows("The sample", SAMPLE, tuple(sample(file)), numeric=(0, 2)),
            Rows("Notes and findings", NOTES, tuple(written))
            if written
            else Words(("Nothing is written yet.",), heading="Notes and findings"),
            Words(
                (
                    "Whoever has the seed and the list of awarded lots draws the same sample: the"
                    " lots in the order of SHA-256 over seed and name; by risk or value the"
                    " highest first, equals in that order.",
                ),
                heading="How to draw it again",
            ),
        ),
    )


def xlsx(file: AuditFile) -> bytes:
    """Three sheets; every cell is text, so that none is a formula."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False})
    book.set_properties({"created": file.made_at.replace(tzinfo=None)})
    for name, rows in (
        ("File", facts(file)),
        ("Sample", [SAMPLE, *sample(file)]),
        ("Notes and findings", [NOTES, *notes(file)]),
    ):
        _sheet(book.add_worksheet(name), rows)
    book.close()
    return out.getvalue()


def _sheet(sheet: Any, rows: Any) -> None:
    for at, row in enumerate(rows):
        for column, value in enumerate(row):
            sheet.write_string(at, column, value[:32_767])
