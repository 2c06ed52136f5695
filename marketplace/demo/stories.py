"""How a tender is told: one story for all of them, in one rhythm, through the real operations.

A story is a generator. It yields the next instant at which something happens, gets that instant
back as `now`, and acts. `seed.py` runs all stories in the order of their instants and stops at the
present, which is what leaves a tender open, or in evaluation, or in standstill.
"""

from collections.abc import Callable, Generator, Iterator
from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import Final

from marketplace.accounts.models import User
from marketplace.accounts.roles import Role
from marketplace.demo import gate, methods, papers
from marketplace.demo.answers import answer
from marketplace.demo.people import Cast
from marketplace.demo.planned import BidPlan, TenderPlan
from procurement.models import Bid, Contract, ContractLine, Enquiry, Lot, SealedBid, Tender
from procurement.operations import (
    allocation_awards,
    amendments,
    awards,
    bids,
    cancellations,
    committees,
    contracts,
    declarations,
    documents,
    drafts,
    enquiries,
    evaluations,
    openings,
    tenders,
)
from procurement.operations.evaluations import GateFinding
from procurement.queries import terms
from procurement.queries.allocations import divided_lots
from procurement.rules import bidding
from procurement.rules.amending import Timetable

Story = Generator[datetime, datetime, None]
Act = Callable[[datetime], object]

# The rhythm, counted from the deadline.
CLOSED: Final = timedelta(minutes=2)
FIRST_OPENER: Final = timedelta(hours=2)
SECOND_OPENER: Final = timedelta(hours=6)
FINDINGS: Final = timedelta(days=1)
EVALUATED: Final = timedelta(days=2)
CONFIRMED: Final = timedelta(days=3)
RECOMMENDED: Final = timedelta(days=4)
DECIDED: Final = timedelta(days=6)
SIGNED: Final = timedelta(days=22)
# When a load is booked, its share of the quantity, and whether it is any good.
DELIVERED: Final = (
    (timedelta(days=31), 60, True),
    (timedelta(days=35), 40, False),
    (timedelta(days=38), 40, True),
)
COMPLETED: Final = timedelta(days=41)
INVOICED: Final = timedelta(days=41, hours=2)
PAID: Final = timedelta(days=45)

QUESTIONS: Final = (
    ("May the goods be delivered in two parts?", "Yes, within the delivery window."),
    ("Are used bags accepted?", "Yes, if they are clean, dry and without holes."),
    (
        "Who pays for weighing?",
        "The buyer. The weighbridge's ticket is the basis of the payment.",
    ),
    (
        "Which moisture meter decides at the gate?",
        "The depot's, checked each morning against a reference sample; you may watch.",
    ),
    (
        "Can a group of farmers bid together?",
        "Yes, as a registered co-operative. Several farmers cannot share one bid otherwise.",
    ),
    ("Is payment made in US dollars?", "Yes, within seven days of the last delivery."),
)
SATURDAYS: Final = (
    "The depots named in this tender also take deliveries on Saturday mornings, from seven to "
    "eleven hours."
)
NO_CERTIFICATE: Final = "The certificate was missing or had expired on the day of the deadline."


def tell(plan: TenderPlan, cast: Cast, seed: int) -> Story:
    """The whole life of one tender."""
    teller = _Teller(plan, cast, Random(seed * 1000 + plan.number))
    try:
        for chapter in teller.chapters():
            yield from chapter()
    except _Cancelled:
        return


class _Teller:
    def __init__(self, plan: TenderPlan, cast: Cast, rng: Random) -> None:
        self.plan, self.cast, self.rng = plan, cast, rng
        self.officer = self._staff(Role.PROCUREMENT_OFFICER)
        self.evaluator = self._staff(Role.EVALUATOR)
        self.accountant = self._staff(Role.ACCOUNTING_OFFICER)
        self.tender: Tender

    def chapters(self) -> tuple[Callable[[], Story], ...]:
        return (
            self.prepare,
            self.tender_period,
            self.opening,
            self.evaluation,
            self.award,
            self.performance,
        )

    def _staff(self, role: Role) -> User:
        return self.cast.staff(self.plan.buyer, role)

    def _openers(self) -> list[tuple[User, str]]:
        """One of the buyer's and two of oversight bodies: nobody holds a quorum alone."""
        others = [body.key for body in self.cast.world.overseers[:2]]
        return [(self.cast.staff(key, Role.OPENER), key) for key in (self.plan.buyer, *others)]

    def prepare(self) -> Story:
        now = yield self.plan.published - timedelta(days=3)
        buyer = self.cast.bodies[self.plan.buyer]
        self.tender = tenders.draft(
            buyer=buyer, content=self.plan.content, by=self.officer, now=now
        )
        self._attach(now)
        for opener, key in self._openers():
            committees.appoint(
                tender=self.tender,
                opener=opener,
                organization=self.cast.bodies[key],
                by=self.officer,
                now=now,
            )
        for number, (opener, _) in enumerate(self._openers()):
            now = yield self.plan.published - timedelta(days=2, hours=-6 * number)
            phrase = self.cast.passphrases[opener.full_name]
            committees.enrol(tender=self.tender, passphrase=phrase, by=opener, now=now)
        now = yield self.plan.published
        approver = self._staff(Role.APPROVER)
        seen = terms.fingerprint(self.tender)
        self.tender = tenders.publish(tender=self.tender, expected=seen, by=approver, now=now)

    def _attach(self, now: datetime) -> None:
        title = self.plan.content.title
        rows = [("Lot", "Place", "District", "Quantity", "Unit")]
        rows += [
            (lot.title, i.delivery_place, i.district, format(i.quantity, "f"), i.unit)
            for lot in self.plan.content.lots
            for i in lot.items
        ]
        files = (
            ("Conditions of contract", "conditions.pdf", papers.pdf([title, *CONDITIONS])),
            ("Places of delivery", "places.csv", papers.table(rows)),
            ("How to deliver", "delivery.txt", papers.note([title, "", *CONDITIONS[1:]])),
        )
        for name, filename, content in files[: self.rng.choice((1, 2, 3))]:
            documents.attach(
                tender=self.tender,
                title=name,
                filename=filename,
                content=content,
                by=self.officer,
                now=now,
            )

    # --- questions and bids ---------------------------------------------------------------

    def tender_period(self) -> Story:
        # Sorted by time alone: acts that fall on one instant keep the order in which they stand.
        for at, act in sorted(self._acts(), key=lambda pair: pair[0]):
            act((yield at))
        cancelled = self.plan.stage == "cancelled"
        if cancelled and self.plan.number % 2 == 0:
            now = yield self.plan.deadline - timedelta(days=5)
            self._cancel("The donor withdrew the money for this purchase.", now)

    def _acts(self) -> Iterator[tuple[datetime, Act]]:
        self.terms = terms.frozen(self.tender)
        acts = [
            *self._enquiries(),
            *self._amendment(),
            *(act for bid in self.plan.bids for act in self._bid(bid)),
        ]
        acts += [
            (self.plan.instant(bid.share), partial(self._save, bid)) for bid in self.plan.saved
        ]
        return (pair for pair in acts if pair[0] < self.plan.bids_until)

    def _enquiries(self) -> Iterator[tuple[datetime, Act]]:
        for key, share, number in self.plan.enquiries:
            asked: list[Enquiry] = []
            at = self.plan.instant(share)
            yield at, partial(self._ask, key, number, asked)
            yield at + timedelta(hours=20), partial(self._reply, number, asked)

    def _ask(self, key: str, number: int, asked: list[Enquiry], now: datetime) -> None:
        user, firm = self.cast.tenderer(key)
        question = QUESTIONS[number][0]
        asked.append(
            enquiries.ask(
                tender=self.tender, organization=firm, question=question, by=user, now=now
            )
        )

    def _reply(self, number: int, asked: list[Enquiry], now: datetime) -> None:
        text = QUESTIONS[number][1]
        enquiries.answer(enquiry=asked[0], text=text, by=self.officer, now=now)

    def _amendment(self) -> Iterator[tuple[datetime, Act]]:
        """One open tender in three tells its bidders something more; no deadline moves."""
        if self.plan.stage == "open" and self.plan.number % 3 == 0:
            yield self.plan.published + timedelta(days=1), self._amend

    def _amend(self, now: datetime) -> None:
        kept = Timetable(self.plan.deadline, self.plan.content.enquiry_deadline)
        said = {"notice": SATURDAYS, "reason": "Several tenderers asked."}
        proposal = amendments.propose(
            tender=self.tender, new=kept, by=self.officer, now=now, **said
        )
        approver = self._staff(Role.APPROVER)
        self.tender = amendments.confirm(proposal=proposal, by=approver, now=now)

    def _bid(self, plan: BidPlan) -> Iterator[tuple[datetime, Act]]:
        at = self.plan.instant(plan.share)
        if plan.turn == "replaced":
            yield self.plan.instant(plan.share // 2), partial(self._submit, plan, 103)
        yield at, partial(self._submit, plan, 100)
        if plan.turn == "withdrawn":
            gone = at + (self.plan.deadline - at) / 2
            yield gone, partial(self._withdraw, plan)

    def _submit(self, plan: BidPlan, factor: int, now: datetime) -> SealedBid:
        user, firm = self.cast.tenderer(plan.tenderer)
        with_paper = self.plan.stage != "crowd" and plan.flaw != "gate"
        paper = firm.name if with_paper else ""
        content = answer(self.terms, plan, self.rng, factor=factor, paper=paper)
        return bids.submit(
            tender=self.tender, tenderer=firm, content=content, by=user, received_at=now, now=now
        )

    def _save(self, plan: BidPlan, now: datetime) -> None:
        user, firm = self.cast.tenderer(plan.tenderer)
        content = answer(self.terms, plan, self.rng)
        drafts.save(
            tender=self.tender, tenderer=firm, data=bidding.to_bytes(content), by=user, now=now
        )

    def _withdraw(self, plan: BidPlan, now: datetime) -> None:
        user, firm = self.cast.tenderer(plan.tenderer)
        bids.withdraw(tender=self.tender, tenderer=firm, by=user, received_at=now, now=now)

    def _cancel(self, reason: str, now: datetime) -> None:
        proposal = cancellations.propose(
            tender=self.tender, reason=reason, by=self.officer, now=now
        )
        cancellations.confirm(proposal=proposal, by=self._staff(Role.APPROVER), now=now)
        # Whatever the rhythm holds after this does not happen.
        raise _Cancelled

    # --- from the deadline to the money ---------------------------------------------------

    def _after(self, span: timedelta) -> datetime:
        return self.plan.deadline + span

    def opening(self) -> Story:
        openings.close(tender=self.tender, now=(yield self._after(CLOSED)))
        openers = self._openers()
        for (opener, _), span in zip(openers, (FIRST_OPENER, SECOND_OPENER), strict=False):
            now = yield self._after(span)
            phrase = self.cast.passphrases[opener.full_name]
            self.tender = openings.release(
                tender=self.tender, passphrase=phrase, by=opener, now=now
            )

    def evaluation(self) -> Story:
        flawed = {bid.tenderer for bid in self.plan.bids if bid.flaw == "gate"}
        names = {self.cast.bodies[key].pk for key in flawed}
        now = yield self._after(FINDINGS)
        declarations.declare(
            tender=self.tender, tenderer=None, reason="", by=self.evaluator, now=now
        )
        lots = list(self.tender.lots.order_by("number"))
        for lot in lots:
            self._find(lot, names, now)
            methods.judge(lot, self.evaluator, now)
        if self.plan.stage == "cancelled":
            now = yield self._after(EVALUATED)
            self._cancel("The quantities in the tender were wrong; a new tender follows.", now)
        now = yield self._after(EVALUATED)
        done = [evaluations.evaluate(lot=lot, by=self.evaluator, now=now) for lot in lots]
        now = yield self._after(CONFIRMED)
        for evaluation in done:
            evaluations.confirm(evaluation=evaluation, by=self.evaluator, now=now)

    def _find(self, lot: Lot, flawed: set[int], now: datetime) -> None:
        rows = Bid.objects.filter(lines__item__lot=lot).distinct().order_by("id")
        gates = list(lot.criteria.filter(kind="gate"))
        findings = [
            GateFinding(bid, gate, False, NO_CERTIFICATE)
            if bid.tenderer_id in flawed
            else GateFinding(bid, gate, True)
            for bid in rows
            for gate in gates
        ]
        evaluations.decide_lot(findings=findings, by=self.evaluator, now=now)

    def award(self) -> Story:
        now = yield self._after(RECOMMENDED)
        lots = list(self.tender.lots.order_by("number"))
        methods.share(self.tender, self.evaluator, now)
        good = [lot for lot in lots if self._qualifies(lot)]
        divided = divided_lots(self.tender)
        if divided:
            allocation_awards.recommend(
                tender=self.tender, reason=BECAUSE_PARTS, by=self.officer, now=now
            )
        for lot in [lot for lot in good if lot not in divided]:
            awards.recommend(lot=lot, reason=BECAUSE, by=self.officer, now=now)
        now = yield self._after(DECIDED)
        if divided:
            allocation_awards.decide(
                tender=self.tender, reason=BECAUSE_PARTS, by=self.accountant, now=now
            )
        for lot in lots:
            if lot in divided and lot.awards.exists():
                continue
            if lot in good:
                self._decide(lot, now)
            else:
                awards.declare_unsuccessful(
                    lot=lot, reason="No bid met the requirements.", by=self.accountant, now=now
                )
        self.awarded = good

    @staticmethod
    def _qualifies(lot: Lot) -> bool:
        return lot.evaluations.filter(bids__rank=1).exists()

    def _decide(self, lot: Lot, now: datetime) -> None:
        reason = "The recommendation follows from the published rule and the findings."
        awards.decide(award=lot.awards.get(), reason=reason, by=self.accountant, now=now)

    def performance(self) -> Story:
        now = yield self._after(SIGNED)
        signed = [
            contracts.sign(award=award, by=self.officer, now=now)
            for lot in self.awarded
            for award in lot.awards.all()
        ]
        inspector = self._staff(Role.INSPECTOR)
        for span, share, is_good in DELIVERED:
            lines = [line for contract in signed for line in self._lines(contract, is_good)]
            gates = [gate.Gate(line, share, self.officer, inspector) for line in lines]
            now = yield self._after(span)
            booked = [(one, one.book(now)) for one in gates]
            now = yield self._after(span + timedelta(days=1))
            tested = [(one, one.test(load, is_good, now)) for one, load in booked]
            now = yield self._after(span + timedelta(days=1, hours=1))
            for one, load in tested:
                (one.receive if is_good else one.reject)(load, now)
        now = yield self._after(COMPLETED)
        for contract in signed:
            contracts.complete(contract=contract, by=inspector, now=now)
        gate.invoice(signed, (yield self._after(INVOICED)))
        gate.pay(signed, self.accountant, (yield self._after(PAID)))

    @staticmethod
    def _lines(contract: Contract, is_good: bool) -> list[ContractLine]:
        """What is brought: everything that can be received, or what will be rejected."""
        lines = list(contract.lines.select_related("item__specification"))
        if is_good:
            return lines
        return [x for x in lines if gate.is_unlucky(contract) and gate.may_fail(x)]


class _Cancelled(Exception):
    """The tender was cancelled: its story ends here."""


CONDITIONS: Final = (
    "Deliver on working days between seven and fifteen hours.",
    "Goods are weighed and sampled before they are unloaded.",
    "Bring this tender's reference and an identity card.",
    "Payment follows within seven days of the last delivery.",
)
BECAUSE_PARTS: Final = "The parts cost least under the published rules, and every rule is kept."
BECAUSE: Final = "First in rank under the published rule, and every requirement is met."
