"""A standing cast, and tenders that reached their state through operations.

`market()` makes the people once a test; `tender_at("open", ...)` walks a tender there. Times are
fixed: the story starts at START, so that a failing test tells the same story every time.
"""

import hashlib
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from allauth.mfa.models import Authenticator

from marketplace.accounts.models import Membership, Organization, User
from marketplace.accounts.roles import Role
from procurement.models import Delivery, Tender
from procurement.operations import (
    award_cancellations,
    awards,
    bids,
    cancellations,
    committees,
    contracts,
    declarations,
    deliveries,
    depots,
    evaluations,
    inspections,
    invoices,
    openings,
    tenders,
)
from procurement.queries import terms
from procurement.rules.bidding import BidContent, Declaration, LineOffer
from procurement.rules.content import CriterionContent, ItemContent, LotContent, TenderContent
from procurement.rules.inspecting import Measured
from procurement.rules.weighing import Ticket
from produce.operations import catalogue
from produce.rules import units

START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
DEADLINE = START + timedelta(days=20)
AFTER = DEADLINE + timedelta(minutes=2)
PASSPHRASE = "four quiet granary owls"
STAGES = (
    "draft",
    "open",
    "closed",
    "opened",
    "evaluated",
    "recommended",
    "standstill",
    "contracted",
    "delivered",
    "paid",
)


def person(
    name: str, organization: Organization | None = None, *roles: Role, identified: bool = True
) -> User:
    """A person with a second factor and the roles given, tied to a natural person."""
    email = f"{name.lower().replace(' ', '.')}@example.org"
    user = User.objects.create_user(
        email, "a long enough password", full_name=name, date_joined=START
    )
    if identified:
        user.identity_digest = hashlib.sha256(email.encode()).hexdigest()
        user.save(update_fields=["identity_digest"])
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "x"})
    for role in roles:
        Membership.objects.create(user=user, organization=organization, role=role, granted_at=START)
    return user


def again(user: User) -> User:
    """The same person as a new request would see him: nothing about roles remembered."""
    return User.objects.get(pk=user.pk)


def organization(name: str, kind: str, **fields: str) -> Organization:
    return Organization.objects.create(name=name, kind=kind, created_at=START, **fields)


@dataclass
class Market:
    """Who is in every story."""

    buyer: Organization = field(
        default_factory=lambda: organization(
            "Gwanda Grain Board", "buyer", buyer_kind="grain_board", province="Matabeleland South"
        )
    )
    union: Organization = field(
        default_factory=lambda: organization("Farmers' Union of Gwanda", "oversight")
    )
    office: Organization = field(
        default_factory=lambda: organization("Office of the Auditor", "oversight")
    )

    def __post_init__(self) -> None:
        self.officer = person("Olga Officer", self.buyer, Role.PROCUREMENT_OFFICER)
        self.approver = person("Abel Approver", self.buyer, Role.APPROVER)
        self.evaluator = person("Eva Evaluator", self.buyer, Role.EVALUATOR)
        self.accountant = person("Ada Accounting", self.buyer, Role.ACCOUNTING_OFFICER)
        self.inspector = person("Ivan Inspector", self.buyer, Role.INSPECTOR)
        self.auditor = person("Aud Auditor", self.office, Role.AUDITOR)
        self.openers = [
            (person("Olive Opener", self.buyer, Role.OPENER), self.buyer),
            (person("Otto Opener", self.union, Role.OPENER), self.union),
            (person("Oona Opener", self.office, Role.OPENER), self.office),
        ]
        self.tenderers = [
            self.tenderer(name) for name in ("Farai Farmer", "Co-op Chengeta", "Mbare Millers")
        ]
        catalogue.load(now=START)

    def tenderer(self, name: str, kind: str = "company") -> tuple[User, Organization]:
        firm = organization(name, kind)
        return person(f"Clerk of {name}", firm, Role.TENDERER), firm


def item(**changes: object) -> ItemContent:
    base = ItemContent(
        commodity="MAIZE_GRAIN",
        description="White maize",
        quantity=Decimal(100),
        unit="t",
        delivery_place="Gwanda depot",
        province="Matabeleland South",
        district="Gwanda",
        delivery_starts=date(2026, 4, 20),
        delivery_ends=date(2026, 6, 30),
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def content(**changes: object) -> TenderContent:
    base = TenderContent(
        title="Maize for Gwanda",
        currency="USD",
        enquiry_deadline=START + timedelta(days=14),
        deadline=DEADLINE,
        lots=(
            LotContent(
                title="White maize, Gwanda",
                items=(item(),),
                criteria=(CriterionContent(title="Tax clearance", kind="gate", source="s.28"),),
            ),
        ),
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def offer(tender: Tender, price: str, lots: tuple[int, ...] | None = None) -> BidContent:
    """A complete bid at one unit price for the lots named (all of them by default)."""
    lines, declared = [], []
    for lot in tender.lots.prefetch_related("items__specification__limits"):
        if lots is not None and lot.number not in lots:
            continue
        for row in lot.items.all():
            lines.append(LineOffer(lot.number, row.number, Decimal(price), row.quantity))
            limits = row.specification.limits.exclude(change="removed") if row.specification else []
            declared += [
                Declaration(lot.number, row.number, limit.code, good(limit)) for limit in limits
            ]
    return BidContent(lines=tuple(lines), declared=tuple(declared))


def good(limit) -> str:
    bound = limit.maximum if limit.maximum is not None else limit.minimum
    return limit.text if bound is None else format(bound, "f")


def tender_at(
    stage: str, market: Market, prices: tuple[str, ...] = ("310", "300", "320"), **changes
):
    """A tender that went through operations up to `stage`, one of STAGES."""
    tender = tenders.draft(
        buyer=market.buyer, content=content(**changes), by=market.officer, now=START
    )
    for opener, seat in market.openers:
        committees.appoint(
            tender=tender, opener=opener, organization=seat, by=market.officer, now=START
        )
        committees.enrol(tender=tender, passphrase=PASSPHRASE, by=opener, now=START)
    return go_on(tender, market, "draft", stage, prices)


def go_on(
    tender: Tender,
    market: Market,
    since: str,
    until: str,
    prices: tuple[str, ...] = ("310", "300", "320"),
) -> Tender:
    """The tender, moved by operations from one of STAGES to a later one."""
    for name, step in _STEPS:
        if STAGES.index(since) < STAGES.index(name) <= STAGES.index(until):
            step(tender, market, prices)
            tender.refresh_from_db()
    return tender


def publish(tender, market, now=START):
    """The approver publishes what stands in the draft at this moment."""
    tender.refresh_from_db()
    seen = terms.fingerprint(tender)
    return tenders.publish(tender=tender, expected=seen, by=market.approver, now=now)


def _publish(tender, market, prices):
    published = publish(tender, market)
    at = START + timedelta(days=1)
    for (user, firm), price in zip(market.tenderers, prices, strict=False):
        bids.submit(
            tender=published,
            tenderer=firm,
            content=offer(published, price),
            by=user,
            received_at=at,
            now=at,
        )


def cancel(tender, market, reason="No budget.", now=START):
    """The officer proposes and the approver confirms."""
    proposal = cancellations.propose(tender=tender, reason=reason, by=market.officer, now=now)
    return cancellations.confirm(proposal=proposal, by=market.approver, now=now)


def cancel_award(award, market, reason="He withdrew.", now=AFTER):
    """The accounting officer proposes and the approver confirms."""
    by = market.accountant
    proposal = award_cancellations.propose(award=award, reason=reason, by=by, now=now)
    return award_cancellations.confirm(proposal=proposal, by=market.approver, now=now)


def _close(tender, market, prices):
    openings.close(tender=tender, now=AFTER)


def _open(tender, market, prices):
    for opener, _ in market.openers[:2]:
        openings.release(tender=tender, passphrase=PASSPHRASE, by=opener, now=AFTER)
    declare(tender, market.evaluator)


def declare(tender, user, now=AFTER):
    """The evaluator has no conflict with any of the bidders."""
    return declarations.declare(tender=tender, tenderer=None, reason="", by=user, now=now)


def _evaluate(tender, market, prices):
    for lot in tender.lots.all():
        for gate in lot.criteria.filter(kind="gate"):
            for bid in tender.bids.all():
                evaluations.decide_gate(
                    bid=bid, criterion=gate, passed=True, reason="", by=market.evaluator, now=AFTER
                )
        evaluation = evaluations.evaluate(lot=lot, by=market.evaluator, now=AFTER)
        evaluations.confirm(evaluation=evaluation, by=market.evaluator, now=AFTER)


def _recommend(tender, market, prices):
    for lot in tender.lots.all():
        awards.recommend(lot=lot, reason="First rank.", by=market.officer, now=AFTER)


def _award(tender, market, prices):
    for lot in tender.lots.all():
        award = lot.awards.get()
        awards.decide(award=award, reason="Agreed.", by=market.accountant, now=AFTER)


def _later(days: float) -> datetime:
    return AFTER + timedelta(days=days)


def _contract(tender, market, prices):
    for lot in tender.lots.all():
        contracts.sign(award=lot.awards.get(), by=market.officer, now=_later(15))


def depot(market, **changes):
    """The buyer's depot, made once."""
    found = market.buyer.depots.first()
    given = {"name": "Gwanda depot", "daily_capacity": Decimal(400_000), **changes}
    return found or depots.add(buyer=market.buyer, by=market.officer, now=START, **given)


def supplier_of(contract):
    """The supplier's clerk."""
    return contract.award.supplier.memberships.get(role=Role.TENDERER).user


GATE = _later(40)
PLATE = "ABC 1234"


def booked(market, contract, quantity="30", at=GATE, hour=12, **changes):
    """A load of the first line, booked for the day after `at`."""
    given = {
        "line": contract.lines.first(),
        "depot": depot(market),
        "quantity": Decimal(quantity),
        "day": (at + timedelta(days=1)).date(),
        "hour": hour,
        "by": supplier_of(contract),
        "now": at,
    }
    return deliveries.book(**{**given, **changes})


def ticket(number="1", net="30000", at=GATE, **changes):
    given = {
        "device": "WB-1",
        "number": number,
        "vehicle": PLATE,
        "gross": Decimal(net) + 12_000,
        "tare": Decimal(12_000),
        "weighed_at": at,
        "calibrated_until": date(2026, 12, 31),
    }
    return Ticket(**{**given, **changes})


def good_values(load, at=GATE, **changes):
    """What the load must measure, well within the limits; `changes` by code."""
    limits = inspections.queries.to_measure(load.line)
    return [
        Measured(
            code=limit.code,
            value=changes.get(limit.code, _well(limit)),
            unit=limit.unit,
            method="ISO 712",
            device="M-1",
            measured_at=at,
        )
        for limit in limits
    ]


def _well(limit) -> str:
    """Parts stay within their total; the moisture is what it is allowed to be."""
    if limit.maximum is None or limit.code == "MOISTURE":
        return good(limit)
    return format((limit.maximum / 8).quantize(Decimal("0.01")), "f")


def load_at(stage, market, contract, *, quantity="30", number="1", values=None, at=GATE, **slot):
    """A load brought through the gate up to `stage`, from booked to received."""
    load = booked(market, contract, quantity, at, **slot)
    on = at + timedelta(days=1)
    said = {"load": load, "by": market.inspector, "now": on}
    unit = load.line.item.unit
    net = units.convert(Decimal(quantity), unit, "kg")
    steps = (
        ("arrived", lambda: deliveries.arrive(vehicle=PLATE, driver="Tendai", **said)),
        ("weighed", lambda: deliveries.weigh(ticket=ticket(number, net, on), **said)),
        (
            "sampled",
            lambda: deliveries.sample(seal=f"S-{load.pk}", duplicate_seal=f"S-{load.pk}-B", **said),
        ),
        (
            "tested",
            lambda: inspections.record(measured=good_values(load, on, **(values or {})), **said),
        ),
        (
            "agreed",
            lambda: deliveries.agree(
                load=load, amount=load.sample.tests.get().amount, by=supplier_of(contract), now=on
            ),
        ),
        ("received", lambda: deliveries.accept(**said)),
    )
    for name, step in steps:
        if stage == "booked":
            break
        step()
        load = Delivery.objects.get(pk=load.pk)
        said["load"] = load
        if name == stage:
            break
    return load


def _deliver(tender, market, prices):
    for lot in tender.lots.all():
        contract = lot.awards.get().contract
        depot(market)
        for number, line in enumerate(contract.lines.all()):
            load_at(
                "received",
                market,
                contract,
                line=line,
                quantity=format(line.quantity, "f"),
                number=f"{tender.pk}-{lot.number}-{number}",
                hour=8 + number,
            )
        contracts.complete(contract=contract, by=market.inspector, now=_later(41.5))


def _pay(tender, market, prices):
    for lot in tender.lots.all():
        contract = lot.awards.get().contract
        made = invoices.issue(contract=contract, by=supplier_of(contract), now=_later(42))
        invoices.pay(invoice=made, amount=made.total, by=market.accountant, now=_later(45))


_STEPS = (
    ("open", _publish),
    ("closed", _close),
    ("opened", _open),
    ("evaluated", _evaluate),
    ("recommended", _recommend),
    ("standstill", _award),
    ("contracted", _contract),
    ("delivered", _deliver),
    ("paid", _pay),
)
