"""Random sequences of acts on a tender, beside a model of it that fits on two pages.

    python -m tests.load.sequences [--sequences 2000] [--database postgres://...]

Hypothesis chooses acts, people and the time that passes. Of each act the model says beforehand
whether it must succeed; after it status, number of bids and the tender's entries in the ledger must
be what the model says. The model is written from docs/reference/lifecycle.md, not from the code.
"""

import sys
from collections import Counter
from datetime import timedelta

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.load import house

DRAIN = timedelta(minutes=2)  # at least; nothing is tried within it


class Model:
    """What a tender with one lot is, as the lifecycle page has it."""

    def __init__(self, now, deadline):
        self.now, self.deadline = now, deadline
        self.published = self.cancelled = self.closed = self.opened = False
        self.evaluated = self.recommended = self.delivered = self.paid = self.contracted = False
        self.standstill_ends, self.fallen = None, 0
        self.acted, self.bids, self.revisions, self.entries = set(), set(), {}, []

    @property
    def stands(self):
        return self.published and not self.cancelled

    @property
    def in_time(self):
        return self.stands and self.now < self.deadline

    @property
    def left(self):
        """Bids that were not awarded and cancelled before: those are passed over."""
        return len(self.bids) - self.fallen

    @property
    def due(self):
        """Closed, or to be closed by the first opener who acts."""
        return self.closed or self.now >= self.deadline

    @property
    def awarded(self):
        return self.standstill_ends is not None

    def may(self, act, who=0):
        """Whether the act must succeed now; everything else must be refused."""
        judged = self.stands and self.opened and not self.contracted
        return {
            "publish": not self.published,
            "amend": self.in_time,
            "submit": self.in_time,
            "withdraw": self.in_time and who in self.bids,
            "close": self.stands and not self.closed and self.now >= self.deadline,
            "release": self.stands and self.due and not self.opened and who not in self.acted,
            # Of no bids too: the finding is that there is nobody to award to.
            "evaluate": judged and not self.evaluated,
            "recommend": judged and self.evaluated and not self.recommended and self.left > 0,
            "decide": judged and self.recommended and not self.awarded,
            "cancel_award": judged and self.recommended,
            "sign": judged and self.awarded and self.now >= self.standstill_ends,
            "deliver": self.stands and self.contracted and not self.delivered,
            "pay": self.delivered and not self.paid,
            "cancel": self.stands and not self.contracted,
        }[act]

    @property
    def status(self):
        if self.cancelled or not self.published:
            return "cancelled" if self.cancelled else "draft"
        if self.now < self.deadline:
            return "open"
        if not self.opened:
            return "awaiting_opening" if self.closed else "closing"
        reached = {"paid": self.paid, "delivered": self.delivered, "contracted": self.contracted}
        for name, happened in reached.items():
            if happened:
                return name
        if self.awarded:
            return "standstill" if self.now < self.standstill_ends else "awarded"
        return "evaluated" if self.evaluated else "in_evaluation"


# How often each status was looked at.
reached: Counter = Counter()

# What each act leaves in the tender's part of the ledger; None: told apart in the act.
LEAVES = {
    "publish": "TenderPublished",
    "amend": "TenderAmended",
    "withdraw": "BidWithdrawn",
    "close": "TenderClosed",
    "evaluate": "EvaluationConfirmed",
    "recommend": "AwardRecommended",
    "decide": "AwardDecided",
    "cancel_award": "AwardCancelled",
    "sign": "ContractSigned",
    "deliver": "DeliveriesCompleted",
    "pay": "PaymentMade",
    "cancel": "TenderCancelled",
}


def machine(market):
    """The state machine over one market; each sequence has a tender of its own."""
    from django.db import transaction

    from marketplace.errors import MusikaError
    from marketplace.ledger.models import Entry
    from procurement.operations import amendments, awards, bids, contracts, invoices, openings
    from procurement.queries import facts
    from procurement.rules.amending import Timetable
    from tests import factories as f

    reached.clear()

    class Tender(RuleBasedStateMachine):
        @initialize()
        def draft(self):
            self.tender = f.tender_at("draft", market)
            self.model = Model(f.START, f.DEADLINE)

        def attempt(self, act, do, who=0):
            """Do it; refused or not as the model says. Whether it was done."""
            expected, self.told = self.model.may(act, who), None
            self.tender = type(self.tender).objects.get(pk=self.tender.pk)
            try:
                with transaction.atomic():
                    self.told = do()
            except MusikaError as error:
                assert not expected, f"{act} was refused: {error.code} {error}"
                return False
            assert expected, f"{act} was done in {self.model.status}"
            if act in LEAVES:
                self.model.entries.append(LEAVES[act])
            return True

        @rule()
        def publish(self):
            if self.attempt("publish", lambda: f.publish(self.tender, market, self.model.now)):
                self.model.published = True

        @precondition(lambda self: self.model.published)
        @rule(days=st.sampled_from((1, 6, 21, 40)))
        def time_passes(self, days):
            m = self.model
            m.now += timedelta(days=days)
            # Not within the drain time, which is the clock's own matter (tests/rules).
            if m.deadline <= m.now < m.deadline + DRAIN:
                m.now = m.deadline + DRAIN

        @rule()
        def the_deadline_passes(self):
            if self.model.in_time:
                self.model.now = self.model.deadline + DRAIN

        @rule()
        def amend(self):
            m, later = self.model, timedelta(days=15)

            def do():
                new = Timetable(m.deadline + later, self.tender.enquiry_deadline + later)
                words = {"notice": "The depot is closed.", "reason": "Flood."}
                given = {"tender": self.tender, "new": new, "now": m.now} | words
                proposal = amendments.propose(**given, by=market.officer)
                return amendments.confirm(proposal=proposal, by=market.approver, now=m.now)

            if self.attempt("amend", do):
                m.deadline += later

        @rule(who=st.integers(0, 2), price=st.sampled_from(("300", "310")))
        def submit(self, who, price):
            m, (user, firm) = self.model, market.tenderers[who]

            def do():
                given = {"tender": self.tender, "tenderer": firm, "by": user}
                content = f.offer(self.tender, price)
                return bids.submit(**given, content=content, received_at=m.now, now=m.now)

            if self.attempt("submit", do, who):
                m.bids.add(who)
                m.revisions[who] = m.revisions.get(who, 0) + 1
                m.entries.append("BidSubmitted" if m.revisions[who] == 1 else "BidReplaced")
                assert self.told.revision == m.revisions[who]

        @rule(who=st.integers(0, 2))
        def withdraw(self, who):
            m, (user, firm) = self.model, market.tenderers[who]
            given = {"tenderer": firm, "by": user, "received_at": m.now, "now": m.now}
            if self.attempt("withdraw", lambda: bids.withdraw(tender=self.tender, **given), who):
                m.bids.discard(who)

        @rule()
        def close(self):
            m = self.model
            if m.closed:  # The sweep that closes may come twice: nothing happens then.
                openings.close(tender=self.tender, now=m.now)
            elif self.attempt("close", lambda: openings.close(tender=self.tender, now=m.now)):
                m.closed = True

        @rule(who=st.integers(0, 2))
        def release(self, who):
            m, opener = self.model, market.openers[who][0]
            given = {"passphrase": f.PASSPHRASE, "by": opener, "now": m.now}
            if self.attempt("release", lambda: openings.release(tender=self.tender, **given), who):
                if not m.closed:
                    m.closed = True
                    m.entries.append("TenderClosed")
                m.acted.add(who)
                if len(m.acted) == 2:
                    m.opened = True
                    m.entries.append("BidsOpened")
                    assert self.tender.bids.count() == len(m.bids)

        @rule()
        def evaluate(self):
            def do():
                f.declare(self.tender, market.evaluator, self.model.now)
                self.judge()

            if self.attempt("evaluate", do):
                self.model.evaluated = True

        def judge(self):
            from procurement.operations import evaluations

            lot, now, by = self.tender.lots.get(), self.model.now, market.evaluator
            for bid in self.tender.bids.all():
                gate = lot.criteria.get(kind="gate")
                given = {"bid": bid, "criterion": gate, "passed": True, "reason": ""}
                evaluations.decide_gate(**given, by=by, now=now)
            evaluation = evaluations.evaluate(lot=lot, by=by, now=now)
            evaluations.confirm(evaluation=evaluation, by=by, now=now)

        @rule()
        def recommend(self):
            lot, now = self.tender.lots.get(), self.model.now
            given = {"lot": lot, "reason": "First rank.", "by": market.officer, "now": now}
            if self.attempt("recommend", lambda: awards.recommend(**given)):
                self.model.recommended = True

        def award(self):
            return self.tender.lots.get().awards.filter(cancelled_at=None).first()

        @precondition(lambda self: self.model.recommended)
        @rule()
        def decide(self):
            given = {"reason": "Agreed.", "by": market.accountant, "now": self.model.now}
            if self.attempt("decide", lambda: awards.decide(award=self.award(), **given)):
                self.model.standstill_ends = self.model.now + timedelta(
                    days=self.tender.standstill_days
                )

        @precondition(lambda self: self.model.recommended)
        @rule()
        def cancel_award(self):
            now = self.model.now
            do = lambda: f.cancel_award(self.award(), market, now=now)  # noqa: E731
            if self.attempt("cancel_award", do):
                self.model.recommended, self.model.standstill_ends = False, None
                self.model.fallen += 1

        @precondition(lambda self: self.model.recommended)
        @rule()
        def sign(self):
            given = {"by": market.officer, "now": self.model.now}
            if self.attempt("sign", lambda: contracts.sign(award=self.award(), **given)):
                self.model.contracted = True

        @precondition(lambda self: self.model.contracted)
        @rule()
        def deliver(self):
            contract = self.award().contract
            given = {"contract": contract, "by": market.inspector, "now": self.model.now}

            def do():
                contract.lines.update(starts=None, ends=None)
                whole = format(contract.lines.get().quantity, "f")
                said = {"quantity": whole, "number": f"{contract.pk}", "at": self.model.now}
                f.load_at("received", market, contract, **said)
                contracts.complete(**given)

            if self.attempt("deliver", do):
                self.model.delivered = True

        @precondition(lambda self: self.model.contracted)
        @rule()
        def pay(self):
            contract = self.award().contract
            given = {"by": market.accountant, "now": self.model.now}

            def do():
                made = invoices.issue(contract=contract, **given)
                invoices.pay(invoice=made, amount=made.total, **given)

            if self.attempt("pay", do):
                self.model.paid = True

        @rule()
        def cancel(self):
            now = self.model.now
            if self.attempt("cancel", lambda: f.cancel(self.tender, market, now=now)):
                self.model.cancelled = True

        @rule(steps=st.integers(1, 6))
        def go_on(self, steps):
            """The straight road, so that sequences get to its end as well."""
            for _ in range(steps):
                self.step()
                self.agree()

        def step(self):
            m = self.model
            if m.in_time and not m.bids:
                return self.submit(len(m.revisions) % 3, "300")
            if m.in_time:
                return self.the_deadline_passes()
            if m.may("sign") is False and m.awarded and not m.contracted:
                return self.time_passes(21)
            for opener in (0, 1, 2):
                if m.may("release", opener):
                    return self.release(opener)
            road = ("publish", "close", "evaluate", "recommend", "decide", "sign", "deliver", "pay")
            for act in road:
                if m.may(act):
                    return getattr(self, act)()
            return None

        @invariant()
        def agree(self):
            if not hasattr(self, "model"):
                return
            m, fresh = self.model, type(self.tender).objects.get(pk=self.tender.pk)
            reached[m.status] += 1
            assert facts.status(fresh, m.now).value == m.status
            assert fresh.sealed_bids.count() == sum(m.revisions.values())
            standing = fresh.sealed_bids.filter(withdrawn_at=None).values("tenderer").distinct()
            assert m.bids <= set(m.revisions) and standing.count() >= len(m.bids)
            told = Entry.objects.filter(subject=fresh.reference).order_by("sequence")
            counted = {*LEAVES.values(), "BidSubmitted", "BidReplaced", "BidsOpened"}
            assert [e for e in told.values_list("event", flat=True) if e in counted] == m.entries

    return Tender


def run(market, sequences: int) -> None:
    """Raises with a sequence in which model and marketplace disagree."""
    run_state_machine_as_test(
        machine(market),
        settings=settings(
            max_examples=sequences,
            stateful_step_count=30,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
            # Finding the shortest takes longer than reading a long one.
            phases=[Phase.generate],
            print_blob=False,
        ),
    )


def main() -> int:
    parser = house.parser(__doc__)
    parser.add_argument("--sequences", type=int, default=2000)
    given = parser.parse_args()
    with house.marketplace(given.database):
        from django.db import connection

        from marketplace.ledger import signer
        from tests.factories import Market

        run(Market(), given.sequences)
        size = signer.audit().size
        print(f"{connection.vendor}: {given.sequences} sequences, {size} entries: 0 disagreements")
        print(f"    looked at: {dict(reached.most_common())}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
