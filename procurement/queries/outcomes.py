"""What was awarded, for the public list of results and its file."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from procurement.models import Award, Item
from produce.models import Commodity


def standing(now: datetime) -> QuerySet[Award]:
    """Awards that were decided and stand, the latest first."""
    rows = Award.objects.filter(decided_at__lte=now, cancelled_at=None)
    return rows.order_by("-decided_at", "-id")


def awards(now: datetime, *, commodity: str = "", province: str = "") -> QuerySet[Award]:
    """The same with what a list shows; of lots with such goods for such a place, if named."""
    rows = standing(now)
    wanted = Q(commodity__code=commodity) if commodity else Q()
    wanted &= Q(province=province) if province else Q()
    if wanted:
        rows = rows.filter(Exists(Item.objects.filter(wanted, lot=OuterRef("lot"))))
    items = Prefetch("lot__items", Item.objects.select_related("commodity"))
    shown = rows.select_related("supplier", "lot__tender__buyer").prefetch_related(items)
    return shown.defer("lot__tender__terms")


def commodities(now: datetime) -> list[tuple[str, str]]:
    """Code and name of every commodity of which something was awarded."""
    items = Item.objects.filter(lot__in=standing(now).order_by().values("lot"))
    rows = Commodity.objects.filter(pk__in=items.values("commodity"))
    return list(rows.order_by("name").values_list("code", "name"))


def provinces(now: datetime) -> list[str]:
    """The provinces for which something was awarded."""
    items = Item.objects.filter(lot__in=standing(now).order_by().values("lot"))
    rows = items.exclude(province="").order_by("province")
    return list(rows.values_list("province", flat=True).distinct())
