"""The goods received note as a paper, with the working of its price."""

from django.conf import settings

from marketplace.papers.paper import Facts, Paper, Rows, Words
from procurement.models import GoodsReceipt
from procurement.papers import instant
from procurement.rules import words


def note(row: GoodsReceipt) -> Paper:
    """What was received at which depot under which contract, and what is owed for it."""
    load = row.delivery
    contract = load.contract
    lot, item, currency = contract.award.lot, load.line.item, contract.award.currency
    facts = (
        ("Supplier", contract.award.supplier.name),
        ("Contract", f"{contract.number}: {lot.tender.title}"),
        ("Goods", item.description),
        ("Depot", load.depot.name if load.depot else "–"),
        ("Received", instant(row.received_at)),
        ("Quantity", words.amount(row.quantity, item.unit)),
        ("Paid for", words.amount(row.payable, item.unit)),
        ("Price", f"{words.money(row.unit_price, currency)} for one {item.unit}"),
        ("Amount", words.money(row.amount, currency)),
        ("To be paid within", f"{contract.payment_days} days from this note"),
    )
    return Paper(
        title="Goods received note",
        issuer=lot.tender.buyer.name,
        reference=row.number,
        dated=row.received_at,
        date_words=instant(row.received_at),
        blocks=(Facts(facts), *_working(row)),
        code=f"{settings.SITE_URL}/received/{row.number}/",
        code_words="This note on the public page:",
    )


def _working(row: GoodsReceipt) -> tuple[Rows | Words, ...]:
    if row.test is None:
        return ()
    rows = tuple((step.what, step.formula or "–", step.value) for step in row.test.steps.all())
    table = Rows("How the price was worked out", ("What", "How", "Result"), rows, (2,))
    return table, Words((f"Rounding: {row.test.rounding}.",))
