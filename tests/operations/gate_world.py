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
    """The same for graded maize, with a price adjustment if one is named."""
    award = Award.objects.filter(contract=None).exclude(lot__items__specification=None).first()
    schedules = {1: PriceAdjustmentSchedule.objects.get(**named)} if named else {}
    return sign(award, schedules=schedules)


def sign(award, **more):
    officer = award.recommended_by
    return contracts.sign(award=award, by=officer, now=_later(15), **more)
