"""A small invented history: two depots, three firms, and a mapping for it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from procurement.operations import history
from procurement.rules.history import reading
from procurement.rules.history.report import Kind, ReportLine, Summary

NOW = datetime(2026, 3, 1, tzinfo=UTC)

HEADER = "no,day,goods,firm,ceiling,floor,price,won,said"
ROWS = (
    "1,14/05/2019,White maize,Aloe Farms,1000,700,900,1,",
    "1,14/05/2019,White maize,Baobab Millers,1000,700,950,0,",
    "2,15/05/2019,Cowpeas,Aloe Farms,500,,480,0,",
    "2,15/05/2019,Cowpeas,Cactus Traders,500,,450,1,",
)

MAPPING = """
format = "musika-history-mapping/1"
source = "depots"
[file]
{file}
[tender]
key = ["no"]
title = "goods"
buyer = {{ text = "Invented Depot Board" }}
currency = {{ text = "USD" }}
{tender}
[date]
{date}
[bid]
tenderer = "firm"
{bid}
"""
BOUNDS = 'reserve_price = "ceiling"\nminimum_price = "floor"'
DATE = 'column = "day"\nformat = "%d/%m/%Y"'
BID = 'amount = "price"\nwinner = { column = "won", values = ["1"] }\nremark = "said"'


def mapping_text(file: str = "", tender: str = BOUNDS, date: str = DATE, bid: str = BID) -> str:
    return MAPPING.format(file=file, tender=tender, date=date, bid=bid)


def csv_text(*rows: str, header: str = HEADER) -> str:
    return "\n".join([header, *(rows or ROWS)]) + "\n"


@dataclass
class Imported:
    summary: Summary
    lines: list[ReportLine]

    def of(self, kind: Kind) -> list[ReportLine]:
        return [line for line in self.lines if line.kind is kind]

    @property
    def refused(self) -> ReportLine:
        """The one refused row."""
        (line,) = self.of(Kind.REFUSED)
        return line


def import_bytes(folder: Path, data: bytes, mapping: str = "", **options) -> Imported:
    """Import the bytes through the operation."""
    path = folder / "history.csv"
    path.write_bytes(data)
    lines: list[ReportLine] = []
    text = mapping or mapping_text()
    with path.open("rb") as file:
        summary = history.import_file(
            file=file,
            filename=path.name,
            mapping=reading.parse(text.encode()),
            mapping_text=text,
            now=NOW,
            note=lines.append,
            **options,
        )
    return Imported(summary, lines)


def import_rows(folder: Path, *rows: str, mapping: str = "", header: str = HEADER, **options):
    return import_bytes(folder, csv_text(*rows, header=header).encode(), mapping, **options)
