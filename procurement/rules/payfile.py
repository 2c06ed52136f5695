"""Payment orders as a file: CSV, and ISO 20022 `pain.001.001.09` (customer credit transfer).

The order of elements is that of the ISO schema; a bank that asks for more than names and accounts
(a BIC, an address) has to be told by other means. Accounts are written as `Othr/Id`, since mobile
money and many African accounts have no IBAN.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from xml.etree import ElementTree as ET

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
COLUMNS = ("invoice", "supplier", "account", "amount", "currency", "due", "text")
# What a text of the standard may be long.
MAX_NAME, MAX_TEXT, MAX_ID, MAX_ACCOUNT = 140, 140, 35, 34


@dataclass(frozen=True, kw_only=True)
class Order:
    """One invoice to be paid. `end_to_end` comes back on the bank's confirmation."""

    end_to_end: str
    supplier: str
    account: str
    amount: Decimal
    currency: str
    due: date
    text: str


@dataclass(frozen=True, kw_only=True)
class Payer:
    name: str
    account: str


def as_csv(orders: Iterable[Order]) -> str:
    """One line an order, with a head; what a spreadsheet would run is written as text."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for one in orders:
        cells = (one.end_to_end, one.supplier, one.account, f"{one.amount:.2f}", one.currency)
        writer.writerow([_inert(text) for text in (*cells, one.due.isoformat(), one.text)])
    return out.getvalue()


def _inert(text: str) -> str:
    return f"'{text}" if text[:1] in "=+-@\t\r" and text else text


def as_pain001(message: str, payer: Payer, orders: Sequence[Order], now: datetime) -> bytes:
    """A `pain.001.001.09` document: one payment information a currency, in its order."""
    ET.register_namespace("", NAMESPACE)
    document = ET.Element(f"{{{NAMESPACE}}}Document")
    root = _sub(document, "CstmrCdtTrfInitn")
    _head(root, message, payer, orders, now)
    for number, currency in enumerate(sorted({one.currency for one in orders}), start=1):
        group = [one for one in orders if one.currency == currency]
        _group(root, f"{message}-{number}"[:MAX_ID], payer, group, now)
    ET.indent(document)
    return ET.tostring(document, encoding="utf-8", xml_declaration=True)


def _head(
    root: ET.Element, message: str, payer: Payer, orders: Sequence[Order], now: datetime
) -> None:
    head = _sub(root, "GrpHdr")
    _sub(head, "MsgId", message[:MAX_ID])
    _sub(head, "CreDtTm", now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
    _sub(head, "NbOfTxs", str(len(orders)))
    _sub(head, "CtrlSum", _sum(orders))
    _sub(_sub(head, "InitgPty"), "Nm", payer.name[:MAX_NAME])


def _group(
    root: ET.Element, name: str, payer: Payer, orders: Sequence[Order], now: datetime
) -> None:
    info = _sub(root, "PmtInf")
    _sub(info, "PmtInfId", name)
    _sub(info, "PmtMtd", "TRF")
    _sub(info, "NbOfTxs", str(len(orders)))
    _sub(info, "CtrlSum", _sum(orders))
    _sub(_sub(info, "ReqdExctnDt"), "Dt", now.astimezone(UTC).date().isoformat())
    _sub(_sub(info, "Dbtr"), "Nm", payer.name[:MAX_NAME])
    _account(info, "DbtrAcct", payer.account)
    agent = _sub(_sub(_sub(info, "DbtrAgt"), "FinInstnId"), "Othr")
    _sub(agent, "Id", "NOTPROVIDED")
    for one in orders:
        _transfer(info, one)


def _transfer(info: ET.Element, one: Order) -> None:
    transfer = _sub(info, "CdtTrfTxInf")
    _sub(_sub(transfer, "PmtId"), "EndToEndId", one.end_to_end[:MAX_ID])
    amount = _sub(_sub(transfer, "Amt"), "InstdAmt", f"{one.amount:.2f}")
    amount.set("Ccy", one.currency)
    _sub(_sub(transfer, "Cdtr"), "Nm", one.supplier[:MAX_NAME])
    _account(transfer, "CdtrAcct", one.account)
    _sub(_sub(transfer, "RmtInf"), "Ustrd", one.text[:MAX_TEXT])


def _account(parent: ET.Element, name: str, account: str) -> None:
    _sub(_sub(_sub(_sub(parent, name), "Id"), "Othr"), "Id", account[:MAX_ACCOUNT])


def _sub(parent: ET.Element, name: str, text: str | None = None) -> ET.Element:
    made = ET.SubElement(parent, f"{{{NAMESPACE}}}{name}")
    made.text = text
    return made


def _sum(orders: Iterable[Order]) -> str:
    return f"{sum((one.amount for one in orders), Decimal(0)):.2f}"
