"""Contracts from the awards that the fixture `market` of conftest.py has decided."""

from procurement.models import Award
from procurement.operations import contracts
from produce.models import PriceAdjustmentSchedule
from tests.factories import _later, item

GRADED = item(standard="EAS2", edition="2011 to 2017 values", grade="1")


def plain():
    """A signed contract for 100 t of maize at 300 USD, of which nothing is measured."""
    return sign(Award.objects.filter(contract=None, lot__items__specification=None).first())


def graded(**named):
    """The same for graded maize, with a price adjustment as if the tender had named it."""
    award = Award.objects.filter(contract=None).exclude(lot__items__specification=None).first()
    demanded = award.lot.items.get().specification
    demanded.adjustment = PriceAdjustmentSchedule.objects.get(**named) if named else None
    demanded.save()
    return sign(award)


def sign(award):
    return contracts.sign(award=award, by=award.recommended_by, now=_later(15))
