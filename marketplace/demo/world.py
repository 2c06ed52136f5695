"""Who is in the demo: invented buyers, oversight bodies and tenderers, the same for each seed.

Data only. `people.py` registers them.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from marketplace.accounts.roles import Role
from marketplace.demo import names
from marketplace.demo.places import FARMING, PROVINCES


@dataclass(frozen=True)
class Body:
    """An organisation. `key` names it within the world."""

    key: str
    kind: str
    name: str
    province: str
    district: str
    phone: str
    buyer_kind: str = ""

    @property
    def email(self) -> str:
        return f"{self.key}@example.org"


@dataclass(frozen=True)
class Person:
    """A natural person with one role in one organisation. `signs_in`: gets a password."""

    name: str
    body: str
    role: Role
    phone: str
    signs_in: bool = False

    @property
    def email(self) -> str:
        return names.email(self.name)


@dataclass(frozen=True)
class Sizes:
    """How many tenderers of each kind there are, and how many of them sign in."""

    farmers: int = 340
    cooperatives: int = 60
    companies: int = 60
    signing_in: int = 1


SMALL = Sizes(farmers=2, cooperatives=1, companies=2, signing_in=2)


@dataclass(frozen=True)
class World:
    buyers: tuple[Body, ...]
    overseers: tuple[Body, ...]
    operator: Body
    tenderers: tuple[Body, ...]
    people: tuple[Person, ...]

    def staff(self, body: Body, role: Role) -> Person:
        """The first person with that role there."""
        return next(p for p in self.people if p.body == body.key and p.role == role)


BUYERS = (
    ("grain", "grain_board", "Storybook Grain Board", "Harare", "Harare"),
    ("schools-masvingo", "school_feeding", "Example School Feeding, Masvingo", "Masvingo", "Chivi"),
    (
        "schools-binga",
        "school_feeding",
        "Example School Feeding, Matabeleland North",
        "Matabeleland North",
        "Binga",
    ),
    (
        "schools-mutoko",
        "school_feeding",
        "Example School Feeding, Mashonaland East",
        "Mashonaland East",
        "Mutoko",
    ),
    ("hospital-gweru", "hospital", "Sample Provincial Hospital, Gweru", "Midlands", "Gweru"),
    ("hospital-nyanga", "hospital", "Sample District Hospital, Nyanga", "Manicaland", "Nyanga"),
    ("hospital-gwanda", "hospital", "Sample Hospital, Gwanda", "Matabeleland South", "Gwanda"),
    ("prisons", "prison", "Pretend Prison Service", "Mashonaland West", "Chegutu"),
)
OVERSEERS = (
    ("auditors", "Imaginary Office of the Auditor"),
    ("farmers-union", "Daydream Farmers' Union"),
    ("watch", "Fable Procurement Watch"),
)
# A farmer's firm is called after its farmer.
FARM = " (farm)"
STAFF = (
    Role.PROCUREMENT_OFFICER,
    Role.APPROVER,
    Role.OPENER,
    Role.EVALUATOR,
    Role.ACCOUNTING_OFFICER,
    Role.INSPECTOR,
)


def build(seed: int, sizes: Sizes = Sizes()) -> World:
    """The world of a seed: equal seeds and sizes give equal worlds."""
    rng = Random(seed)
    numbers = iter(range(100, 1_000_000))
    buyers = tuple(
        Body(key, "buyer", name, province, district, names.phone(next(numbers)), kind)
        for key, kind, name, province, district in BUYERS
    )
    overseers = tuple(
        Body(key, "oversight", name, "Harare", "Harare", names.phone(next(numbers)))
        for key, name in OVERSEERS
    )
    operator = Body(
        "operator", "operator", "Musika demo", "Harare", "Harare", names.phone(next(numbers))
    )
    called = names.people(rng)
    tenderers = tuple(_tenderers(sizes, rng, called, numbers))
    people = (
        *_staff(buyers, overseers, operator, called, numbers),
        *_clerks(tenderers, sizes.signing_in, called, numbers),
        *_second_people(buyers[0], operator, called, numbers),
    )
    return World(buyers, overseers, operator, tenderers, people)


def _tenderers(
    sizes: Sizes, rng: Random, called: Iterator[str], numbers: Iterator[int]
) -> Iterator[Body]:
    for number in range(sizes.farmers):
        yield _tenderer(f"farm-{number:03d}", "farmer", f"{next(called)}{FARM}", rng, numbers)
    for kind, count in (("cooperative", sizes.cooperatives), ("company", sizes.companies)):
        firms = names.firms(kind, rng)
        for number in range(count):
            yield _tenderer(f"{kind}-{number:03d}", kind, next(firms), rng, numbers)


def _tenderer(key: str, kind: str, name: str, rng: Random, numbers: Iterator[int]) -> Body:
    province = rng.choice(FARMING)
    district = rng.choice(PROVINCES[province])
    return Body(key, kind, name, province, district, names.phone(next(numbers)))


def _person(name: str, body: Body, role: Role, numbers: Iterator[int], signs_in: bool) -> Person:
    return Person(name, body.key, role, names.phone(next(numbers)), signs_in)


def _staff(
    buyers: tuple[Body, ...],
    overseers: tuple[Body, ...],
    operator: Body,
    called: Iterator[str],
    numbers: Iterator[int],
) -> Iterator[Person]:
    """The first buyer's people sign in, and enough of the overseers to open and to audit."""
    for buyer in buyers:
        for role in STAFF:
            yield _person(next(called), buyer, role, numbers, buyer is buyers[0])
    for body in overseers:
        yield _person(next(called), body, Role.OPENER, numbers, body in overseers[:2])
        yield _person(next(called), body, Role.AUDITOR, numbers, body is overseers[0])
    yield _person(next(called), operator, Role.ADMINISTRATOR, numbers, True)


def _second_people(
    buyer: Body, operator: Body, called: Iterator[str], numbers: Iterator[int]
) -> Iterator[Person]:
    """What takes two; last of all, so that everybody else keeps the name that the seed gave."""
    yield _person(next(called), operator, Role.ADMINISTRATOR, numbers, True)
    yield _person(next(called), buyer, Role.EVALUATOR, numbers, True)


def _clerks(
    tenderers: tuple[Body, ...], signing_in: int, called: Iterator[str], numbers: Iterator[int]
) -> Iterator[Person]:
    """Who bids: a farmer for himself, a clerk for everybody else."""
    shown: Counter[str] = Counter()
    for body in tenderers:
        name = body.name.removesuffix(FARM) if body.kind == "farmer" else next(called)
        yield _person(name, body, Role.TENDERER, numbers, shown[body.kind] < signing_in)
        shown[body.kind] += 1
