import pytest
from django.db import transaction

from marketplace import keys
from marketplace.ledger import queries
from procurement.dossier import write
from tests import ledger_support
from tests.dossier.edits import Signer
from tests.factories import AFTER, Market, tender_at


def dossier(tender, path, reader="auditor"):
    with path.open("w+b") as file:
        write.write(
            file, tender, reader=reader, exported_at=AFTER, progress=lambda done, total: None
        )
    return path


@pytest.fixture(scope="session")
def awarded(tmp_path_factory, django_db_setup, django_db_blocker):
    """An auditor's dossier of a tender that was paid, and who signed it; made once."""
    head = ledger_support.signed_head()
    with django_db_blocker.unblock(), transaction.atomic():
        path = tmp_path_factory.mktemp("dossier") / "dossier.zip"
        dossier(tender_at("paid", Market()), path)
        key = queries.verifier_key()
        sign = Signer(key.partition("+")[0], keys.load("ledger"))
        transaction.set_rollback(True)
    ledger_support.put_signed_head(head)
    return path.read_bytes(), sign
