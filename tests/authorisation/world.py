"""One tender with something of every kind in it, brought to a stage, and who looks at it."""

import hashlib
from dataclasses import dataclass, replace
from datetime import timedelta

from django.core.cache import cache
from django.test import Client
from knox.models import get_token_model

from marketplace.accounts import personal
from marketplace.accounts.models import Membership, Organization, User
from marketplace.accounts.roles import Role
from procurement.models import BidDocument, Export, SealedBid, Tender
from procurement.operations import bids, declarations, documents, enquiries, exports
from procurement.rules.bidding import Attachment
from tests import factories
from tests.factories import AFTER, START, Market, offer, person, publish, tender_at

STAGES = ("draft", "open", "closed", "opened", "evaluated", "standstill")
STATE_OF = {"evaluated": "opened", "standstill": "decided"}
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
PRICES = ("310.37", "300.53", "320.71")
QUESTION, ANSWERED = "May canary sacks be reused?", "May answered sacks be reused?"
PHONE, MAIL = "+263 77 555 0199", "canary.firm@example.org"


def market() -> Market:
    found = Market()
    for firm in Organization.objects.filter(kind="company"):
        personal.state(firm.public_id, "email", MAIL, START)
        personal.state(firm.public_id, "phone", PHONE, START)
    found.evaluators = [found.evaluator, person("Rex Recused", found.buyer, Role.EVALUATOR)]
    return found


def tender(stage: str, cast: Market, prices: tuple[str, ...] = PRICES) -> Tender:
    made = tender_at("draft", cast)
    documents.attach(
        tender=made, title="Plan", filename="plan.pdf", content=PDF, by=cast.officer, now=START
    )
    for name, step in factories._STEPS:
        if factories.STAGES.index(name) > factories.STAGES.index(stage):
            break
        _publish(made, cast, prices) if name == "open" else step(made, cast, prices)
        made.refresh_from_db()
        if name == "opened" and prices:
            _recuse(made, cast)
            _files(made, cast)
    return made


def _publish(made: Tender, cast: Market, prices: tuple[str, ...]) -> None:
    published, at = publish(made, cast), START + timedelta(days=1)
    (user, firm), _, _ = cast.tenderers
    ask = {"tender": published, "organization": firm, "by": user, "now": at}
    enquiries.ask(question=QUESTION, **ask)
    asked = enquiries.ask(question=ANSWERED, **ask)
    enquiries.answer(enquiry=asked, text="Yes.", by=cast.officer, now=at)
    file = Attachment("Tax", "tax.pdf", "application/pdf", PDF + firm.name.encode())
    for number, ((user, firm), price) in enumerate(zip(cast.tenderers, prices, strict=False)):
        content = offer(published, price)
        if number == 0:
            content = replace(content, documents=(file,))
        sent = {"tender": published, "tenderer": firm, "by": user, "received_at": at, "now": at}
        bids.submit(content=content, **sent)


def _recuse(made: Tender, cast: Market) -> None:
    _, firm = cast.tenderers[0]
    declarations.declare(
        tender=made, tenderer=firm, reason="Kin.", by=cast.evaluators[1], now=AFTER
    )


def _files(made: Tender, cast: Market) -> None:
    made_now = exports.request_public(tender=made, now=AFTER)
    exports.run(made_now.pk, now=AFTER)


@dataclass
class Visitor:
    """One of the cast with a browser and a key."""

    name: str
    user: User | None

    def __post_init__(self) -> None:
        self.browser, self.headers = Client(), {}
        if self.user is not None:
            backend = "allauth.account.auth_backends.AuthenticationBackend"
            self.browser.force_login(self.user, backend=backend)
            _, token = get_token_model().objects.create(user=self.user)
            self.headers = {"Authorization": f"Bearer {token}"}

    def ask(self, method: str, path: str):
        """The answer, with its content read to the end."""
        if method == "PAGE":
            return self.browser.get(path)
        self.asked = getattr(self, "asked", 0) + 1
        if self.asked % 15 == 1:
            cache.clear()
        call = getattr(Client(), method.lower())
        sent = {} if method == "GET" else {"data": "{}", "content_type": "application/json"}
        return call(path, headers=self.headers, **sent)


def visitors(cast: Market) -> dict[str, Visitor]:
    outsider = cast.tenderer("Did Not Bid Traders")[0]
    operator = factories.organization("Operator", "operator")
    people = {
        "visitor": None,
        "no role": person("Nobody At All"),
        "tenderer": cast.tenderers[0][0],
        "did not bid": outsider,
        "officer": cast.officer,
        "approver": cast.approver,
        "opener": cast.openers[0][0],
        "outside opener": cast.openers[1][0],
        "evaluator": cast.evaluator,
        "recused": cast.evaluators[1],
        "accounting": cast.accountant,
        "inspector": cast.inspector,
        "auditor": cast.auditor,
        "administrator": person("Adam Administrator", operator, Role.ADMINISTRATOR),
    }
    return {name: Visitor(name, user) for name, user in people.items()}


def names(made: Tender, cast: Market) -> dict[str, object]:
    """What fills the gaps of an address, by the name of the gap."""
    firm = cast.tenderers[0][1]
    sealed = SealedBid.objects.filter(tender=made, tenderer=firm).first()
    bid = made.bids.filter(tenderer=firm).first()
    file = BidDocument.objects.filter(bid__tender=made).first()
    letter = bid.letters.first() if bid else None
    lot = made.lots.get()
    evaluation = lot.evaluations.first()
    export = Export.objects.filter(tender=made).first()
    return {
        "reference": made.reference,
        "organisation": firm.public_id,
        "organization": firm.public_id,
        "award": 0,
        "buyer": cast.buyer.public_id,
        "confirmation": 0,
        "contract": "none",
        "invoice": "none",
        "line": 1,
        "load": 0,
        "note": "none",
        "lot": 1,
        "number": 1,
        "criterion": 1,
        "item": 1,
        "component": 1,
        "seat": 1,
        "old": 0,
        "kind": "jsonl",
        "document": made.documents.get().pk,
        "bid": bid.public_id if bid else "0" * 16,
        "receipt": sealed.public_id if sealed else "0" * 16,
        "bid_document": file.pk if file else 0,
        "bid_sha256": file.sha256 if file else "0" * 64,
        "sha256": made.documents.get().sha256,
        "letter": letter.pk if letter else 0,
        "enquiry": _first(made.enquiries),
        "evaluation": evaluation.pk if evaluation else 0,
        "export": export.public_id if export else "0" * 16,
        "person": cast.officer.public_id,
        "membership": _first(Membership.objects),
        "opener": cast.openers[0][0].public_id,
        "search": "0" * 16,
        "session": "0" * 16,
        "hook": 0,
        "secret": "x",
        "code": "MAIZE_GRAIN",
        "file": "0" * 16,
        "flag": "0" * 16,
        "extension": "none",
        "standard": "EAX_WM",
        "key": _first(made.enquiries),
        "name": hashlib.sha256(b"").hexdigest(),
    }


def _first(rows) -> int:
    return rows.order_by("-pk").values_list("pk", flat=True).first() or 0
