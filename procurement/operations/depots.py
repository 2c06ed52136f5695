"""Depots of a buyer: where its contracts are delivered."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from marketplace.accounts.models import Organization, User
from marketplace.accounts.roles import Permission
from marketplace.errors import Conflict, Invalid
from marketplace.fields import plain
from marketplace.ledger.record import record
from procurement import permissions
from procurement.models import Depot


@transaction.atomic
def add(
    *,
    buyer: Organization,
    name: str,
    province: str = "",
    district: str = "",
    daily_capacity: Decimal,
    loads_per_hour: int = 2,
    opens: int = 7,
    closes: int = 16,
    by: User,
    now: datetime,
) -> Depot:
    """Open a depot; `daily_capacity` in kilograms, hours of the day in the service's zone."""
    permissions.check_role(by, Permission.CONTRACT_SIGN, buyer)
    permissions.check_second_factor(by)
    name = name.strip()
    _check(name, daily_capacity, loads_per_hour, opens, closes)
    if Depot.objects.filter(buyer=buyer, name__iexact=name).exists():
        raise Conflict("There is a depot of that name.", where="name")
    depot = Depot.objects.create(
        buyer=buyer,
        name=name,
        province=province,
        district=district,
        daily_capacity=daily_capacity,
        loads_per_hour=loads_per_hour,
        opens=opens,
        closes=closes,
        created_at=now,
        created_by=by,
    )
    body = {"depot": name, "daily_capacity_kg": plain(daily_capacity), "hours": [opens, closes]}
    record("DepotOpened", subject=f"organization:{buyer.public_id}", body=body, by=by, now=now)
    return depot


def _check(name: str, capacity: Decimal, loads: int, opens: int, closes: int) -> None:
    if not name:
        raise Invalid("Give the depot a name.", where="name")
    if not 0 < capacity <= 100_000_000:
        raise Invalid("The capacity is a number of kilograms above zero.", where="daily_capacity")
    if not 0 < loads <= 100:
        raise Invalid("At least one load an hour, at most 100.", where="loads_per_hour")
    if not 0 <= opens < closes <= 24:
        raise Invalid("It opens before it closes, in hours from 0 to 24.", where="closes")
