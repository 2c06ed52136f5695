"""What a telephone shows and what it sends, as data: screens of at most 160 characters.

Words are given as text that was translated already: `say` is the translation that the shell
passes in.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from marketplace.notify import gsm

MOST = 160
OPTION = 38
# Digits of a list; 9 and 0 are taken.
CHOICES = "12345678"
MORE, BACK = "9", "0"
Say = Callable[[str], str]


@dataclass(frozen=True)
class Screen:
    """What is shown; `ends`: the network then hangs up."""

    text: str
    ends: bool = False


@dataclass(frozen=True)
class State:
    """Where somebody is in the menu.

    `at` names the thing he looks at (a tender, a lot, the number of a question); `held` is what
    the next screens need to know, and never a price: those lie in the encrypted draft.
    """

    screen: str = "home"
    at: tuple[str, ...] = ()
    page: int = 0
    note: str = ""
    held: Mapping[str, str] = field(default_factory=dict, repr=False)

    def go(self, screen: str, *at: str, note: str = "", **held: str) -> "State":
        return State(screen, at, 0, note, {**self.held, **held})

    def stay(self, note: str) -> "State":
        return replace(self, note=note)

    def turn(self, pages: int) -> "State":
        """The next page of the same screen, the first one after the last."""
        return replace(self, page=(self.page + 1) % max(pages, 1), note="")

    def without(self, *names: str) -> "State":
        kept = {name: text for name, text in self.held.items() if name not in names}
        return replace(self, held=kept)


@dataclass(frozen=True)
class Act:
    """Something to be done by an operation, and where its success leads."""

    name: str
    then: State
    values: Mapping[str, str] = field(default_factory=dict, repr=False)


def compose(head: str, options: Sequence[str] = (), note: str = "", ends: bool = False) -> Screen:
    """Note, head and options, one below the other; head and note give way, options do not."""
    below = "\n".join(gsm.plain(option) for option in options)
    room = MOST - gsm.length(below) - (1 if below else 0)
    above = gsm.plain(f"{note}\n{head}" if note and head else note or head)
    if gsm.length(above) > room and note and head:
        kept = gsm.plain(head)
        left = room - gsm.length(kept) - 1
        above = f"{gsm.cut(gsm.plain(note), left)}\n{kept}" if left > 12 else kept
    shown = "\n".join(part for part in (gsm.cut(above, max(room, 0)), below) if part)
    return Screen(shown, ends)


@dataclass(frozen=True)
class Page:
    """One page of a list: the lines, which of all options each digit means, and more to come."""

    lines: tuple[str, ...]
    digits: Mapping[str, int]
    more: bool


def pages(title: str, options: Sequence[str], footer: Sequence[str]) -> list[Page]:
    """The options on as few pages as fit, numbered anew on each."""
    fixed = gsm.length("\n".join([gsm.plain(title), *footer])) + 1
    found: list[list[str]] = [[]]
    for option in options:
        line = f"{CHOICES[len(found[-1])]} {gsm.cut(gsm.plain(option), OPTION)}"
        used = sum(gsm.length(other) + 1 for other in found[-1])
        if found[-1] and (
            fixed + used + gsm.length(line) > MOST or len(found[-1]) == len(CHOICES) - 1
        ):
            found.append([])
            line = f"{CHOICES[0]}{line[1:]}"
        found[-1].append(line)
    starts = [sum(len(page) for page in found[:n]) for n in range(len(found))]
    return [
        Page(
            tuple(page),
            {CHOICES[i]: start + i for i in range(len(page))},
            n + 1 < len(found) or n > 0,
        )
        for n, (page, start) in enumerate(zip(found, starts, strict=True))
    ]


def footer(say: Say, more: bool = True, back: bool = True) -> list[str]:
    """The last lines of a list."""
    lines = [f"{MORE} {say('More')}"] if more else []
    return [*lines, f"{BACK} {say('Back')}"] if back else lines


def listing(state: State, title: str, options: Sequence[str], say: Say) -> Screen:
    page = page_of(state, title, options, say)
    lines = [*page.lines, *footer(say, more=page.more)]
    return compose(title, lines, state.note)


def page_of(state: State, title: str, options: Sequence[str], say: Say) -> Page:
    all_ = pages(title, options, footer(say))
    return all_[state.page % len(all_)]


def chosen(state: State, title: str, options: Sequence[str], typed: str, say: Say) -> int | None:
    """The option that a digit on this page means; None for any other."""
    return page_of(state, title, options, say).digits.get(typed)


def count(title: str, options: Sequence[str], say: Say) -> int:
    return len(pages(title, options, footer(say)))


def split(text: str, room: int) -> list[str]:
    """A long text in pieces of at most `room`, broken between words."""
    found, line = [], ""
    for word in gsm.plain(text).split(" "):
        for piece in _pieces(word, room):
            longer = f"{line} {piece}" if line else piece
            if gsm.length(longer) > room:
                found.append(line)
                longer = piece
            line = longer
    return [*found, line] if line or not found else found


def _pieces(word: str, room: int) -> list[str]:
    """A word that is longer than a whole screen, in pieces."""
    return [word[at : at + room // 2] for at in range(0, len(word), room // 2)] or [""]
