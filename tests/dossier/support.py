from datetime import timedelta

import pytest
from django.db import transaction

from marketplace import keys
from marketplace.ledger import queries
from procurement.dossier import write
from procurement.operations import amendments
from procurement.rules import amending
from procurement.rules.amending import Timetable
from tests import ledger_support
from tests.divided import divided_at
from tests.dossier.edits import Signer
from tests.factories import AFTER, START, Market, go_on, tender_at


def dossier(tender, path, reader="auditor"):
    with path.open("w+b") as file:
        write.write(
            file, tender, reader=reader, exported_at=AFTER, progress=lambda done, total: None
        )
    return path


def amended(market):
    """A tender whose deadline moved by half a minute while bids stood, gone on to the award."""
    tender = tender_at("open", market)
    new = Timetable(tender.deadline + timedelta(seconds=30), tender.enquiry_deadline)
    at = START + timedelta(days=2)
    said = {"new": new, "notice": "", "reason": "The road was closed."}
    proposal = amendments.propose(tender=tender, by=market.officer, now=at, **said)
    amendments.confirm(proposal=proposal, by=market.approver, now=at)
    tender.refresh_from_db()
    return go_on(tender, market, "open", "standstill")


def cheat_when_amending(monkeypatch):
    """The operator's own server, and so every hash and signature, takes part in it."""
    honest = amending.amended

    def cheating(data, *rest):
        data["lots"][0]["title"] = "Yellow maize"
        return honest(data, *rest)

    monkeypatch.setattr(amending, "amended", cheating)


@pytest.fixture(scope="session")
def awarded(tmp_path_factory, django_db_setup, django_db_blocker):
    """An auditor's dossier of a tender that was paid, and who signed it; made once."""
    with django_db_blocker.unblock():
        return _made(tmp_path_factory, lambda: tender_at("paid", Market()))


@pytest.fixture(scope="session")
def divided(tmp_path_factory, django_db_setup, django_db_blocker):
    """The dossier of a tender with two divided lots, one of them without any award."""
    with django_db_blocker.unblock():
        return _made(tmp_path_factory, lambda: divided_at("standstill", Market(), lots=2))


@pytest.fixture(scope="session")
def amendments_made(tmp_path_factory, django_db_setup, django_db_blocker):
    """The same of a tender that was amended, honestly (True) or not (False)."""
    with django_db_blocker.unblock():
        honest = _made(tmp_path_factory, lambda: amended(Market()))
        with pytest.MonkeyPatch.context() as patch:
            cheat_when_amending(patch)
            return {True: honest, False: _made(tmp_path_factory, lambda: amended(Market()))}


def _made(tmp_path_factory, tender):
    head = ledger_support.signed_head()
    with transaction.atomic():
        path = tmp_path_factory.mktemp("dossier") / "dossier.zip"
        dossier(tender(), path)
        key = queries.verifier_key()
        sign = Signer(key.partition("+")[0], keys.load("ledger"))
        transaction.set_rollback(True)
    ledger_support.put_signed_head(head)
    return path.read_bytes(), sign
