"""Files for a bank, and from it."""

from datetime import UTC, date, datetime
from decimal import Decimal
from xml.etree import ElementTree as ET

import pytest

from procurement.rules import bankfile, payfile
from procurement.rules.bankfile import BadBankFile
from procurement.rules.payfile import Order, Payer

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
N = f"{{{payfile.NAMESPACE}}}"
PAYER = Payer(name="Gwanda Grain Board", account="1122")
# The children of each element in the order of the schema pain.001.001.09, as far as we write them.
ORDER = {
    "Document": ["CstmrCdtTrfInitn"],
    "CstmrCdtTrfInitn": ["GrpHdr", "PmtInf", "PmtInf"],
    "GrpHdr": ["MsgId", "CreDtTm", "NbOfTxs", "CtrlSum", "InitgPty"],
    "PmtInf": [
        *("PmtInfId", "PmtMtd", "NbOfTxs", "CtrlSum", "ReqdExctnDt", "Dbtr", "DbtrAcct"),
        *("DbtrAgt", "CdtTrfTxInf"),
    ],
    "CdtTrfTxInf": ["PmtId", "Amt", "Cdtr", "CdtrAcct", "RmtInf"],
}


def order(number, currency="USD", amount="9311.10", supplier="Co-op Chengeta"):
    return Order(
        end_to_end=f"MUS-2026-000001-L1-I{number}",
        supplier=supplier,
        account="0099",
        amount=Decimal(amount),
        currency=currency,
        due=date(2026, 6, 4),
        text=f"Invoice {number}",
    )


def document(*orders):
    return ET.fromstring(payfile.as_pain001("m-1", PAYER, orders, NOW))


def test_the_elements_stand_in_the_order_of_the_schema():
    root = document(order(1), order(2, "ZWG"))
    for element in root.iter():
        name = element.tag.removeprefix(N)
        if name in ORDER:
            assert [child.tag.removeprefix(N) for child in element] == ORDER[name]


def test_counts_and_sums_are_those_of_the_transfers():
    root = document(order(1, amount="0.10"), order(2, amount="0.20"), order(3, "ZWG", "5.00"))
    head = root.find(f"{N}CstmrCdtTrfInitn/{N}GrpHdr")
    assert (head.findtext(f"{N}NbOfTxs"), head.findtext(f"{N}CtrlSum")) == ("3", "5.30")
    groups = root.findall(f"{N}CstmrCdtTrfInitn/{N}PmtInf")
    assert [g.findtext(f"{N}CtrlSum") for g in groups] == ["0.30", "5.00"]


def test_amount_currency_account_and_reference_are_each_in_their_place():
    transfer = next(document(order(1)).iter(f"{N}CdtTrfTxInf"))
    amount = transfer.find(f"{N}Amt/{N}InstdAmt")
    assert (amount.text, amount.get("Ccy")) == ("9311.10", "USD")
    assert transfer.findtext(f"{N}PmtId/{N}EndToEndId") == "MUS-2026-000001-L1-I1"
    assert transfer.findtext(f"{N}CdtrAcct/{N}Id/{N}Othr/{N}Id") == "0099"


def test_no_text_is_longer_than_the_standard_takes():
    transfer = next(document(order(1, supplier="x" * 500)).iter(f"{N}CdtTrfTxInf"))
    assert len(transfer.findtext(f"{N}Cdtr/{N}Nm")) == 140


def test_a_spreadsheet_runs_nothing_of_the_csv():
    assert "\r\n" in payfile.as_csv([order(1)])
    assert "'=SUM(A1)" in payfile.as_csv([order(1, supplier="=SUM(A1)")])


HEAD = "reference,amount,currency,date,text\n"


def test_a_bank_file_is_read_line_by_line():
    found = bankfile.read(f"\ufeff{HEAD}I1,12.50,USD,2026-06-01,Maize\n".encode())
    assert [(x.reference, x.amount, x.paid_on) for x in found] == [
        ("I1", Decimal("12.50"), date(2026, 6, 1))
    ]


@pytest.mark.parametrize(
    "line, word",
    [
        ("I1,12.505,USD,2026-06-01,", "no amount"),
        ("I1,-1,USD,2026-06-01,", "no amount"),
        ("I1,0,USD,2026-06-01,", "no amount"),
        ("I1,1,dollars,2026-06-01,", "no currency"),
        ("I1,1,USD,1.6.2026,", "no day"),
        ("I1,1,USD", "no day"),
    ],
)
def test_a_bad_line_is_named_and_nothing_is_taken(line, word):
    with pytest.raises(BadBankFile, match=f"line 3: .*{word}"):
        bankfile.read(f"{HEAD}I1,1,USD,2026-06-01,\n{line}\n".encode())


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", HEAD.encode(), b"amount\n1\n"])
def test_what_is_no_such_file_is_refused_in_words(content):
    with pytest.raises(BadBankFile):
        bankfile.read(content)


def test_the_same_line_has_the_same_digest_in_any_file():
    first, second = (
        bankfile.read(f"{HEAD}I1,{amount},USD,2026-06-01,\n".encode())[0]
        for amount in ("12.5", "12.50")
    )
    assert bankfile.digest(first) == bankfile.digest(second)
