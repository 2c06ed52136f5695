"""Who gets what at which address: worked out from the tables, never written by hand.

`python -m marketplace.authorisation` prints docs/reference/authorisation.md. The test beside it
walks every address as every role through the states of a tender, and holds the answers to it.
"""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from marketplace.accounts.roles import PERMISSIONS, Permission, Role
from procurement.rules import visibility
from procurement.rules.visibility import Fact, Moment, Reader, Shown

_BIDS = {Fact.BID_DRAFT, Fact.RECEIPT, Fact.LETTER, Fact.QUESTION, Fact.ENQUIRER, Fact.LOOKS}


@dataclass(frozen=True)
class Person:
    """One of the cast: what he is called, his role, what he is to a tender, what is his own."""

    name: str
    role: Role | None = None
    readers: frozenset[Reader] = frozenset()
    owns: frozenset[Fact] = frozenset()
    signed_in: bool = True

    def may(self, permission: Permission) -> bool:
        return self.role is not None and permission in PERMISSIONS[self.role]

    def sees(self, fact: Fact, come: frozenset[Moment], own: bool = True) -> bool:
        mine = {Reader.OWNER} if own and fact in self.owns else set()
        return visibility.sees(fact, {Reader.ANYONE} | self.readers | mine, come)


_BUYER = frozenset({Reader.BUYER})
_JUDGE = _BUYER | {Reader.WORKER}
_SEAT = frozenset({Fact.OPENERS})

CAST = (
    Person("visitor", signed_in=False),
    Person("no role"),
    Person("tenderer", Role.TENDERER, owns=frozenset(_BIDS)),
    Person("did not bid", Role.TENDERER, owns=frozenset({Fact.BID_DRAFT})),
    Person("officer", Role.PROCUREMENT_OFFICER, _JUDGE),
    Person("approver", Role.APPROVER, _BUYER),
    Person("opener", Role.OPENER, _BUYER, _SEAT),
    Person("outside opener", Role.OPENER, frozenset(), _SEAT),
    Person("evaluator", Role.EVALUATOR, _JUDGE),
    Person("recused", Role.EVALUATOR, _BUYER, frozenset({Fact.DECLARATIONS})),
    Person("accounting", Role.ACCOUNTING_OFFICER, _JUDGE | {Reader.DECIDER}),
    Person("inspector", Role.INSPECTOR, _BUYER),
    Person("auditor", Role.AUDITOR, frozenset({Reader.AUDITOR})),
    Person("administrator", Role.ADMINISTRATOR),
)

_ORDER = (
    ("draft", {Moment.ALWAYS}),
    ("open", {Moment.PUBLICATION, Moment.ANSWER}),
    ("closed", {Moment.CLOSE}),
    ("opened", {Moment.OPENING, Moment.SIGNING}),
    ("decided", {Moment.DECISION}),
)


def _states() -> Iterator[tuple[str, frozenset[Moment]]]:
    come: frozenset[Moment] = frozenset()
    for name, moments in _ORDER:
        come |= moments
        yield name, come


# Each state with the moments that have come by then.
STATES = dict(_states())
NEVER, ACT, YES = "–", "act", "yes"


@dataclass(frozen=True)
class Row:
    """One method of one address."""

    method: str
    address: str
    name: str
    shown: Shown
    signed_in: bool
    permission: Permission | None = field(default=None)

    def cell(self, person: Person) -> str:
        """From which state it answers: `yes` where no tender is named, `act` at its time."""
        if self.signed_in and not person.signed_in:
            return NEVER
        if self.permission and not person.may(self.permission):
            return NEVER
        if not self.shown.facts or self.shown.every:
            return YES
        return next((s for s, come in STATES.items() if self.open_to(person, come)), NEVER)

    def open_to(self, person: Person, come: frozenset[Moment]) -> bool:
        if self.shown.mine:
            return any(
                fact in person.owns and visibility.sees(fact, {Reader.OWNER}, come)
                for fact in self.shown.facts
            )
        return any(person.sees(fact, come, self.shown.own) for fact in self.shown.facts)


def text_of(row: Row, person: Person) -> str:
    cell = row.cell(person)
    return ACT if row.shown.act and cell != NEVER else cell


def rows() -> list[Row]:
    """Every address. KeyError: one without a row in `shows`."""
    return [*_pages(), *_endpoints()]


def _pages() -> Iterator[Row]:
    from marketplace.phone import urls as phone
    from marketplace.web import access, shows, urls

    for name, address in _routes([*urls.urlpatterns, *phone.urlpatterns]):
        who, shown = access.ACCESS[name], shows.SHOWS[name]
        general = shown.every or not shown.facts
        held = who if isinstance(who, Permission) and general else None
        yield Row("PAGE", address, name, shown, who != access.PUBLIC, held)


def _routes(patterns: Iterable[Any], start: str = "/") -> Iterator[tuple[str, str]]:
    """Name and address of each page."""
    for entry in patterns:
        address = start + str(entry.pattern)
        if hasattr(entry, "url_patterns"):
            yield from _routes(entry.url_patterns, address)
        else:
            yield entry.name, address


def _endpoints() -> Iterator[Row]:
    from api import reference
    from api.v1 import shows, urls

    names = {"/api/v1/" + str(p.pattern): str(p.name) for p in urls.urlpatterns}
    for method, address, access in reference.endpoints():
        name = names[address]
        # What is written is the permission's matter alone; the operation asks for the rest.
        shown = shows.SHOWS[name] if method == "GET" else visibility.ROLE
        assert access is not None
        yield Row(method, address, name, shown, access.signed_in, access.permission)


def reference() -> str:
    """The text of docs/reference/authorisation.md."""
    names = [person.name for person in CAST]
    return "\n".join(
        [
            "# Who gets what at which address",
            "",
            "Made by `python -m marketplace.authorisation` from the tables of"
            " [visibility](visibility.md), of permissions and of addresses; do not edit by hand.",
            "`tests/test_authorisation.py` walks every address as every one of these people through"
            " the states of a tender.",
            "",
            "A cell says from which state of the tender the address answers, if there is what it"
            " asks for: `draft` (always), `open`, `closed`, `opened`, `decided`. `yes`: no tender"
            " is concerned, and one sees one's own or what is public. `act`: the page of an act,"
            " for who may do it, at its time. `–`: never; it answers as if nothing were there.",
            "For POST, PUT and DELETE a cell only says who passes the first fence.",
            "",
            f"| method | address | {' | '.join(names)} |",
            "|---" * (len(names) + 2) + "|",
            *(_line(row) for row in rows()),
            "",
        ]
    )


def _line(row: Row) -> str:
    cells = " | ".join(text_of(row, person) for person in CAST)
    return f"| {row.method} | `{row.address}` | {cells} |"


def main() -> None:
    import sys

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings")
    django.setup()
    sys.stdout.write(reference())


if __name__ == "__main__":
    main()
