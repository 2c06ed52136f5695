"""The steps of `demo --check`. Each does its part of the job and checks what must be true then."""

import json
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

from django.conf import settings

from marketplace import clock
from marketplace.accounts.roles import Role
from marketplace.demo import client, people, telling
from marketplace.demo.answers import answer
from marketplace.demo.client import Client
from marketplace.demo.environment import BASE
from marketplace.demo.people import Cast
from marketplace.demo.planned import BidPlan
from marketplace.errors import MusikaError
from procurement.rules import bidding

Step = Callable[[str], AbstractContextManager[None]]

# What a bid must not be found by, in any file, before the opening: its price, its certificate.
CANARY_PRICE = Decimal("317.43")
PRICES = (CANARY_PRICE, Decimal("305.10"), Decimal("311.00"), Decimal("298.50"), Decimal("329.90"))
# Which lots each of the five bids for; the replaced bid is the first, the withdrawn the fourth.
LOTS = ((1, 2), (1, 2), (1,), (1, 2), (2,))
BETTER = Decimal("299.99")
REPLACED, WITHDRAWN, LATE = 0, 3, 3
# Long enough for a slow machine to get ten requests through before the deadline.
LEAST_PERIOD = timedelta(seconds=6)
# How much slower than the signing in the machine may become before bidding is done.
SLOWER = 2
# For the worker's first start and its next sweep, on a machine that has much else to do.
GIVE_UP = 90.0


class NotAsItMust(MusikaError):
    """What the drill found is not what must be true at this step."""

    code = "demo-check-failed"


def must(holds: bool, message: str) -> None:
    if not holds:
        raise NotAsItMust(message)


class Drill:
    """One tender with two lots, through all hands."""

    def __init__(self, base: str, house: Path, cast: Cast, step: Step) -> None:
        self.base, self.house, self.cast, self.step = base, house, cast, step
        self.anyone = Client(base)
        self.logins = {login.email: login for login in people.read_logins()}
        self.canary = f"CANARY-{secrets.token_hex(12)}"
        self.path = ""
        self.files: dict[str, Path] = {}

    # --- before the deadline --------------------------------------------------------------

    def sign_in(self) -> None:
        began = time.monotonic()
        with self.step("thirteen people sign in, eight of them with a second factor"):
            buyer, office = self.cast.world.buyers[0].key, self.cast.world.overseers[0].key
            self.officer = self._client(buyer, Role.PROCUREMENT_OFFICER)
            self.approver = self._client(buyer, Role.APPROVER)
            self.evaluator = self._client(buyer, Role.EVALUATOR)
            self.accountant = self._client(buyer, Role.ACCOUNTING_OFFICER)
            self.auditor = self._client(office, Role.AUDITOR)
            seats = [buyer, *(body.key for body in self.cast.world.overseers[:2])]
            self.openers = [self._client(key, Role.OPENER) for key in seats]
            self.seats = [self.cast.bodies[key].public_id for key in seats]
            firms = [body.key for body in self.cast.world.tenderers]
            self.tenderers = [self._client(key, Role.TENDERER) for key in firms]
            must(len(self.tenderers) == len(PRICES), "There are not five tenderers.")
        self.period = tender_period(time.monotonic() - began)

    def _client(self, body: str, role: Role) -> Client:
        email = self.cast.staff(body, role).email
        enter = partial(client.sign_in, self.base, email, self.logins[email].password)
        return client.with_code(enter, lambda: telling.code(email, clock.now()))

    def draft(self) -> None:
        with self.step("the officer drafts a tender with two lots"):
            self.deadline = clock.now() + self.period
            made = self.officer.post("tenders", tender(self.deadline))
            self.reference = made["reference"]
            self.path = f"tenders/{self.reference}"
            must(made["status"] == "draft", "A new tender is not a draft.")
            self.anyone.send("GET", self.path, None, 404)

    def enrol(self) -> None:
        with self.step("three openers of three organisations are appointed and enrol"):
            for opener, seat in zip(self.openers, self.seats, strict=True):
                body = {"opener": opener.get("me")["id"], "organization": seat}
                self.officer.post(f"{self.path}/committee", body)
                self._with_passphrase(opener, f"{self.path}/committee/enrolment", 201)

    def _with_passphrase(self, opener: Client, path: str, expect: int) -> Any:
        phrase = self.logins[opener.person].passphrase
        return opener.post(path, {"passphrase": phrase}, expect)

    def publish(self) -> None:
        with self.step("the approver publishes it; the officer may not"):
            path, seen = f"{self.path}/publication", self.approver.tag(self.path)
            refused = self.officer.post(path, expect=403, If_Match=seen)
            must(bool(refused["code"]), "A refusal has no code.")
            self.approver.post(path, expect=428)
            made = self.approver.post(path, expect=200, If_Match=seen)
            must(made["status"] == "open", f"The tender is {made['status']}, not open.")
            self.terms = {"tender": self.reference, "lots": made["lots"]}

    def bid(self) -> None:
        with self.step("five tenderers submit sealed bids"):
            for number, who in enumerate(self.tenderers):
                if number == REPLACED:
                    who.put(f"{self.path}/bid/draft", {"bid": self._bid(number)})
                made = who.post(f"{self.path}/bids", self._bid(number))
                must(made["revision"] == 1, "A first bid is not revision 1.")

    def _bid(self, number: int, price: Decimal | None = None) -> dict[str, Any]:
        offered = {(lot, 1): price or PRICES[number] for lot in LOTS[number]}
        plan = BidPlan(f"tenderer-{number}", 0, offered)
        content = answer(self.terms, plan, Random(number), paper=self.canary)
        data: dict[str, Any] = json.loads(bidding.to_bytes(content))
        return data

    def replace_and_withdraw(self) -> None:
        with self.step("one replaces its bid, one withdraws; both hold a receipt"):
            who = self.tenderers[REPLACED]
            must(
                who.post(f"{self.path}/bids", self._bid(REPLACED, BETTER))["revision"] == 2,
                "The replaced bid is not revision 2.",
            )
            receipt = who.get(f"{self.path}/bid/receipt.json")
            must(receipt["revision"] == 2 and bool(receipt["ledger"]["proof"]), "No receipt.")
            self.tenderers[WITHDRAWN].delete(f"{self.path}/bid")

    def nothing_is_readable(self) -> None:
        with self.step("no file on the disk holds a bid in plain, nor does any page"):
            found = self._holding(self._signs())
            must(not found, f"A bid can be read before the opening in: {', '.join(found)}.")
            self.anyone.send("GET", f"{self.path}/bids", None, 404)
            self.officer.send("GET", f"{self.path}/bids", None, 404)

    def _signs(self) -> list[bytes]:
        """What betrays a bid: its certificate's line and its prices, as JSON writes them."""
        prices = [f'"unit_price":"{price}"' for price in (*PRICES, BETTER)]
        spaced = [text.replace(":", ": ") for text in prices]
        return [text.encode() for text in (self.canary, *prices, *spaced)]

    def _holding(self, signs: Sequence[bytes]) -> list[str]:
        """Every file of the installation in which one of `signs` stands, however it is used."""
        files = [path for path in self.house.rglob("*") if path.is_file()]
        must(any("sqlite3" in path.name for path in files), "There is no database to look into.")
        return [path.name for path in files if any(s in _bytes(path) for s in signs)]

    # --- after it -------------------------------------------------------------------------

    def late(self) -> None:
        left = (self.deadline - clock.now()).total_seconds()
        must(left > 0, "The machine is too slow: the deadline passed before all had bid.")
        with self.step(f"after the deadline ({left:.1f} s to wait) a late bid is refused"):
            time.sleep(left + 0.05)
            refused = self.tenderers[LATE].post(f"{self.path}/bids", self._bid(LATE), expect=409)
            must(refused["code"] == "bid-late", f"Refused as {refused['code']}, not as bid-late.")

    def close(self) -> None:
        with self.step("the drain time passes; an auditor cannot open anything"):
            span = timedelta(seconds=settings.DRAIN_SECONDS) + timedelta(milliseconds=50)
            time.sleep(max(0.0, (self.deadline + span - clock.now()).total_seconds()))
            path = f"{self.path}/opening/release"
            self.auditor.send("POST", path, {"passphrase": "does not matter"}, 403)

    def open(self) -> None:
        with self.step("two of three openers act; four bids are read out"):
            first = self._with_passphrase(self.openers[0], f"{self.path}/opening/release", 200)
            must(bool(first["closed_at"]) and not first["is_open"], "One opener was enough.")
            self.anyone.send("GET", f"{self.path}/bids", None, 404)
            last = self._with_passphrase(self.openers[2], f"{self.path}/opening/release", 200)
            must(last["is_open"], "The quorum did not open the bids.")
            self.opened = self.anyone.get(f"{self.path}/bids")
            must(len(self.opened) == 4, f"{len(self.opened)} bids were opened, not four.")
            must(not any(bid["failure"] for bid in self.opened), "A bid could not be opened.")
            # The search that found nothing before the opening finds something now.
            must(bool(self._holding([self.canary.encode()])), "The search for plaintext is blind.")

    def evaluate(self) -> None:
        with self.step(
            "the evaluator declares, records findings, evaluates and confirms both lots"
        ):
            self.evaluator.post(f"{self.path}/declarations", {})
            for lot in (1, 2):
                path = f"{self.path}/lots/{lot}"
                for bid in self._bids_for(lot):
                    found = {"bid": bid["bid"], "criterion": 1, "passed": True, "reason": ""}
                    self.evaluator.post(f"{path}/gates", found)
                made = self.evaluator.post(f"{path}/evaluations")
                confirmed = f"{path}/evaluations/{made['id']}/confirmation"
                done = self.evaluator.post(confirmed, expect=200)
                must(self._ranked(done) == self._cheapest(lot), f"Lot {lot} is ranked wrongly.")

    def _bids_for(self, lot: int) -> list[dict[str, Any]]:
        return [b for b in self.opened if any(line["lot"] == lot for line in b["lines"])]

    @staticmethod
    def _ranked(evaluation: dict[str, Any]) -> list[str]:
        rows = [row for row in evaluation["bids"] if row["rank"] is not None]
        return [row["bid"] for row in sorted(rows, key=lambda row: row["rank"])]

    def _cheapest(self, lot: int) -> list[str]:
        def price(bid: dict[str, Any]) -> Decimal:
            return next(Decimal(x["unit_price"]) for x in bid["lines"] if x["lot"] == lot)

        return [bid["bid"] for bid in sorted(self._bids_for(lot), key=price)]

    def award(self) -> None:
        with self.step("the officer recommends, the accounting officer decides"):
            for lot in (1, 2):
                path = f"{self.path}/lots/{lot}/award"
                self.officer.post(path, {"reason": "First in rank."})
                self.officer.post(f"{path}/decision", {"reason": "I agree."}, expect=403)
                made = self.accountant.post(f"{path}/decision", {"reason": "I agree."}, expect=200)
                must(made["bid"] == self._cheapest(lot)[0], "The award is not the first in rank.")
            status = self.anyone.get(self.path)["status"]
            must(status == "standstill", f"The tender is {status}, not in its standstill.")

    def letters(self) -> None:
        with self.step("a tenderer who lost reads why"):
            own = self.tenderers[1].get(f"{self.path}/letters")
            kinds = [letter["kind"] for letter in own]
            must(kinds == ["regret", "regret"], f"The letters are {kinds}.")
            must("your rank 2" in own[0]["text"], "The letter does not say the rank.")

    # --- who trusts nobody ----------------------------------------------------------------

    def download(self) -> None:
        with self.step("the auditor downloads the history, as JSON lines and as CSV"):
            for ending in ("jsonl", "csv"):
                content = self.auditor.download(f"{self.path}/history.{ending}")
                self.files[ending] = self.house / f"history.{ending}"
                self.files[ending].write_bytes(content)
            rows = self.files["csv"].read_text().count("BidSubmitted")
            must(rows >= len(PRICES), f"The CSV tells of {rows} bids.")
            self.key = self.anyone.get("ledger/checkpoint")["key"]

    def verify(self) -> None:
        with self.step("it verifies in a process without Django"):
            done = verified(self.files["jsonl"], self.key)
            must(done.returncode == 0, f"It does not verify:\n{done.stdout}{done.stderr}")
            must("FAIL" not in done.stdout, done.stdout)

    def tamper(self) -> None:
        with self.step("a copy with one price changed does not verify"):
            whole = self.files["jsonl"].read_text()
            forged = whole.replace(str(BETTER), str(BETTER + 1))
            must(forged != whole, "The history does not hold the price of the winner.")
            copy = self.house / "forged.jsonl"
            copy.write_text(forged)
            done = verified(copy, self.key)
            must(done.returncode == 1 and "FAIL" in done.stdout, "The forged copy verifies.")

    def mails(self) -> None:
        with self.step("the worker has carried out mails"):
            until = time.monotonic() + GIVE_UP
            while not any((self.house / "outbox").glob("*.log")):
                must(time.monotonic() < until, "No mail was sent.")
                time.sleep(0.2)


def tender_period(spent: float) -> timedelta:
    """From the draft to the deadline, where thirteen people took `spent` seconds to sign in.

    All requests until the deadline together cost less than that on the same machine, so a slow one
    gets as long a period as it needs.
    """
    return max(LEAST_PERIOD, timedelta(seconds=spent) * SLOWER)


def _bytes(path: Path) -> bytes:
    """Empty for a file that is gone meanwhile, as messages of the broker are."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""


def verified(file: Path, key: str) -> subprocess.CompletedProcess[str]:
    """`musika verify` where importing Django fails, as on an auditor's machine without it."""
    program = (
        "import sys; sys.modules['django'] = None\n"
        "from procurement.verification import main\n"
        "sys.exit(main(sys.argv[1:]))"
    )
    return subprocess.run(
        [sys.executable, "-c", program, str(file), "--key", key],
        cwd=BASE,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def tender(deadline: datetime) -> dict[str, Any]:
    """Two lots of white maize, first grade, each with a gate."""
    gate = {"title": "Tax clearance certificate", "kind": "gate", "source": "section 28"}
    return {
        "title": "White maize for Chivi and Binga",
        "deadline": deadline.astimezone(UTC).isoformat(),
        "lots": [
            {
                "title": f"White maize, {place}",
                "items": [_item(place, deadline)],
                "criteria": [gate],
            }
            for place in ("Chivi", "Binga")
        ],
    }


def _item(place: str, deadline: datetime) -> dict[str, Any]:
    day: date = deadline.date()
    return {
        "commodity": "MAIZE_GRAIN",
        "description": "White maize",
        "quantity": "120",
        "unit": "t",
        "delivery_place": f"{place} depot",
        "province": "Masvingo" if place == "Chivi" else "Matabeleland North",
        "district": place,
        "delivery_starts": (day + timedelta(days=30)).isoformat(),
        "delivery_ends": (day + timedelta(days=60)).isoformat(),
        "standard": "EAS2",
        "grade": "1",
    }
