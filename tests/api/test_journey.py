"""From an empty draft to a paid contract and a verified history, by HTTP alone."""

from datetime import timedelta
from itertools import count

import pytest

from marketplace.ledger.verify import verify_history
from tests.api import sending
from tests.factories import AFTER, DEADLINE, GATE, PASSPHRASE, PLATE, START, depot

pytestmark = pytest.mark.django_db
NAMES = ("Farai Farmer", "Co-op Chengeta", "Mbare Millers", "Save Valley", "Hunyani Grain")
PRICES = ("310", "300", "320", "280", "290")


class Story:
    """The cast of one tender with two lots, each a caller of its own."""

    def __init__(self, market, caller, at):
        self.market, self.at, self.keys = market, at, count()
        self.as_ = {
            name: caller(getattr(market, name))
            for name in ("officer", "approver", "evaluator", "accountant", "inspector", "auditor")
        }
        self.openers = [(caller(user), user, seat) for user, seat in market.openers]
        extra = [market.tenderer(name) for name in NAMES[3:]]
        self.clerks = [caller(user) for user, _ in [*market.tenderers, *extra]]
        self.anyone = caller()

    def do(self, who, path, data=None, status=201, **headers):
        answer = who.post(path, data, Idempotency_Key=f"key-{next(self.keys)}", **headers)
        assert answer.status_code == status, answer.content
        return answer.json()

    def publish(self):
        lots = [sending.lot(title="North"), sending.lot(title="South")]
        made = self.do(self.as_["officer"], "tenders", sending.tender(lots=lots))
        self.path = f"tenders/{made['reference']}"
        for who, user, seat in self.openers:
            body = {"opener": user.public_id, "organization": seat.public_id}
            self.do(self.as_["officer"], f"{self.path}/committee", body)
            self.do(who, f"{self.path}/committee/enrolment", {"passphrase": PASSPHRASE})
        seen = self.as_["approver"].get(self.path)["ETag"]
        self.do(self.as_["approver"], f"{self.path}/publication", status=200, If_Match=seen)

    def bid(self):
        from procurement.models import Tender

        tender = Tender.objects.get()
        self.at.now = START + timedelta(days=3)
        for who, price in zip(self.clerks, PRICES, strict=True):
            self.do(who, f"{self.path}/bids", sending.bid(tender, price))
        self.do(self.clerks[0], f"{self.path}/bids", sending.bid(tender, "305"))
        assert self.clerks[3].delete(f"{self.path}/bid").status_code == 204
        self.at.now = DEADLINE
        late = self.do(self.clerks[3], f"{self.path}/bids", sending.bid(tender, "1"), 409)
        assert late["code"] == "bid-late"

    def open(self):
        self.at.now = AFTER
        for who, _, _ in self.openers[:2]:
            body = {"passphrase": PASSPHRASE}
            opening = self.do(who, f"{self.path}/opening/release", body, 200)
        assert opening["is_open"]

    def evaluate(self, lot):
        path, evaluator = f"{self.path}/lots/{lot}", self.as_["evaluator"]
        if lot == 1:
            self.do(evaluator, f"{self.path}/declarations", {})
        for bid in self.anyone.get(f"{self.path}/bids").json():
            self.do(evaluator, f"{path}/gates", {"bid": bid["bid"], "criterion": 1, "passed": True})
        made = self.do(evaluator, f"{path}/evaluations")
        return self.do(evaluator, f"{path}/evaluations/{made['id']}/confirmation", status=200)

    def award(self, lot):
        path = f"{self.path}/lots/{lot}/award"
        self.do(self.as_["officer"], path, {"reason": "Lowest price."})
        return self.do(self.as_["accountant"], f"{path}/decision", {"reason": "Agreed."}, 200)

    def sign(self, lot):
        self.at.now = AFTER + timedelta(days=15)
        return self.do(self.as_["officer"], f"{self.path}/lots/{lot}/contract", {})["number"]

    def deliver(self, number, ticket):
        gate, path = self.as_["inspector"], f"contracts/{number}/loads"
        self.at.now = GATE
        day = (GATE + timedelta(days=1)).date().isoformat()
        place = {"depot": "Gwanda depot", "day": day, "hour": 10 + ticket}
        booked = self.do(gate, path, {"line": 1, "quantity": "100", **place})
        path = f"{path}/{booked['load']}"
        self.at.now = GATE + timedelta(days=1)
        self.do(gate, f"{path}/gate", {"vehicle": PLATE, "driver": "Tendai"})
        self.do(gate, f"{path}/tickets", weighed(ticket, self.at.now))
        self.do(gate, f"{path}/sample", {"seal": f"S{ticket}", "duplicate_seal": f"D{ticket}"})
        tested = self.do(gate, f"{path}/measurements", {"values": []})["tests"][0]
        self.do(gate, f"{path}/agreement", {"amount": tested["amount"]})
        self.do(gate, f"{path}/acceptance", {})
        self.do(gate, f"contracts/{number}/completion", status=200)

    def pay(self, number):
        bill = self.do(self.clerks[4], f"contracts/{number}/invoices")
        assert bill["total"] == {"amount": "29000.00", "currency": "USD"}
        payment = {"amount": bill["total"]}
        self.do(self.as_["accountant"], f"invoices/{bill['number']}/payments", payment)


def weighed(number, at):
    return {
        "device": "WB-1",
        "number": str(number),
        "vehicle": PLATE,
        "gross": "112000",
        "tare": "12000",
        "weighed_at": at.isoformat(),
        "calibrated_until": "2026-12-31",
    }


def test_a_tender_goes_from_draft_to_a_verified_history(market, caller, at):
    story = Story(market, caller, at)
    story.publish()
    story.bid()
    story.open()
    ranks = [story.evaluate(lot)["bids"] for lot in (1, 2)]
    assert [[row["price"] for row in lot] for lot in ranks] == [
        ["29000", "30000", "30500", "32000"]
    ] * 2
    awards = [story.award(lot) for lot in (1, 2)]
    assert {award["supplier"]["name"] for award in awards} == {"Hunyani Grain"}
    assert awards[0]["price"] == {"amount": "29000.00", "currency": "USD"}
    assert len(story.clerks[0].get(f"{story.path}/letters").json()) == 2
    depot(market)
    for lot in (1, 2):
        number = story.sign(lot)
        story.deliver(number, lot)
        story.pay(number)
    assert story.anyone.get(story.path).json()["status"] == "paid"
    history = story.as_["auditor"].get(f"{story.path}/history.jsonl")
    report = verify_history(b"".join(history.streaming_content).splitlines())
    assert report.passed, report.lines()
