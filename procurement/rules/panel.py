"""How many evaluators a lot needs, who chairs them, and when their marks may be seen."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final

from procurement.rules.optional_facts import TRIMMED_MEAN
from procurement.rules.rating import MARKS_TO_TRIM

# One mark is an opinion; a combination of marks takes two.
RATED_QUORUM: Final = 2


def quorum(combinations: AbstractSet[str]) -> int:
    """The fewest evaluators for a lot whose rated criteria combine marks by these rules."""
    if not combinations:
        return 1
    return MARKS_TO_TRIM if TRIMMED_MEAN in combinations else RATED_QUORUM


@dataclass(frozen=True)
class Panel:
    """The evaluators of a lot by public id. `members` have declared that they have no conflict,
    in the order in which they did; `signed` are those of all evaluators who signed their marks.
    """

    members: tuple[str, ...]
    signed: frozenset[str]
    needed: int
    closed: bool

    @property
    def chair(self) -> str | None:
        """The first who declared to have no conflict."""
        return self.members[0] if self.members else None

    @property
    def counted(self) -> tuple[str, ...]:
        """Whose marks count: signed, and no conflict declared since."""
        return tuple(name for name in self.members if name in self.signed)

    @property
    def quorate(self) -> bool:
        """Whether enough evaluators without a conflict have signed."""
        return len(self.counted) >= self.needed

    @property
    def complete(self) -> bool:
        """Whether everybody who declared has signed, and they are enough."""
        return self.quorate and len(self.counted) == len(self.members)

    @property
    def revealed(self) -> bool:
        """Whether marks are seen by all evaluators and count. A quorum lost hides them again."""
        return self.closed and self.quorate


def waiting(panel: Panel) -> Sequence[str]:
    """Who has declared and not yet signed."""
    return [name for name in panel.members if name not in panel.signed]
