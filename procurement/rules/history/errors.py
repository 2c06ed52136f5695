"""What can be wrong with a mapping, a file, or a row of it."""

from dataclasses import dataclass

from marketplace.errors import Invalid, MusikaError


class MappingInvalid(Invalid):
    """The mapping cannot be used; `where` names the place in it, such as tender.title."""

    code = "history-mapping-invalid"


class FileUnreadable(MusikaError):
    """The file as a whole cannot be read; nothing of it was written. `where` names the line."""

    code = "history-file-unreadable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A row, or one cell of it, that is not imported. Rows are counted as spreadsheets do: the
    header is row 1."""

    row: int
    column: str
    value: str
    why: str
    remedy: str
    tender: str = ""


class RowRefused(Exception):
    """Carries a refusal from the cell to the reader of rows; never leaves this package."""

    def __init__(self, column: str, value: str, why: str, remedy: str) -> None:
        super().__init__(why)
        self.column, self.value, self.why, self.remedy = column, value, why, remedy
