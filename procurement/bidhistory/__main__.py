"""Write the table of columns into the reference page: `python -m procurement.bidhistory`."""

import sys
from pathlib import Path

from procurement.bidhistory import columns

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "bid-history.md"
START, END = "<!-- columns: generated -->\n", "<!-- end of columns -->\n"


def page(text: str) -> str:
    """The page with today's columns between its two marks."""
    before, rest = text.split(START, 1)
    return before + START + columns.markdown() + END + rest.split(END, 1)[1]


def main() -> int:
    PAGE.write_text(page(PAGE.read_text()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
