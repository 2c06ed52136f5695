"""Finding red flags: rebuild what changed, run the indicators, keep what they say as facts."""

import hashlib
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from marketplace.accounts.models import Organization
from procurement.models import (
    CompiledProcess,
    IndicatorRate,
    IndicatorRun,
    Lot,
    RedFlag,
    RedFlagEvidence,
    Tender,
)
from procurement.queries import factflags, processes
from procurement.rules.indicators.engine import examine
from procurement.rules.indicators.facts import OCID, Flag, Rate
from procurement.rules.indicators.formats import value_text
from procurement.rules.indicators.thresholds import Thresholds, load

BATCH = 200
# Whose thresholds count for an installation's figures over all tenders.
JURISDICTION = "zw"
# Found from rows and not from releases: what is examined is every tender.
FROM_FACTS = ("M006", "M008", "M009")


def refresh(*, now: datetime) -> int:
    """Bring processes and flags up to date; returns how many processes were rebuilt.

    Runs as often as it likes: without a change it reads digests and writes nothing.
    """
    built = rebuild(now=now)
    for past in (False, True):
        run(past=past, now=now)
    return built


def rebuild(*, now: datetime) -> int:
    """Compile the lots about which something was recorded since; in batches, each committed."""
    done = 0
    waiting = list(processes.stale(now).values_list("pk", flat=True))
    for start in range(0, len(waiting), BATCH):
        done += _build(waiting[start : start + BATCH], now)
    return done


@transaction.atomic
def _build(keys: list[int], now: datetime) -> int:
    lots = list(processes.stale(now).filter(pk__in=keys))
    counts = processes.lots_of(lots)
    for lot in lots:
        body = processes.text(processes.release(lot, counts[lot.tender_id]))
        latest: int = lot.latest  # type: ignore[attr-defined]
        fields = {"sequence": latest, "body": body, "digest": processes.digest(body)}
        CompiledProcess.objects.update_or_create(lot=lot, defaults={**fields, "built_at": now})
    return len(lots)


@transaction.atomic
def run(*, past: bool, now: datetime) -> bool:
    """Judge all processes of one kind, unless neither they nor the thresholds have changed."""
    IndicatorRun.objects.get_or_create(past=past, defaults={"ran_at": now})
    row = IndicatorRun.objects.select_for_update().get(past=past)
    rules = load(JURISDICTION, now.date())
    tenders = [] if past else _opened(now)
    found = list(factflags.of_tenders(tenders, rules))
    wanted = _digest(past, rules, found)
    if row.digest == wanted:
        return False
    report = examine(processes.stored(past), rules)
    rates = {**report.rates, **_rates(found, len(tenders))}
    _keep([*report.flags, *found], past, wanted, now)
    IndicatorRate.objects.filter(run=row).delete()
    IndicatorRate.objects.bulk_create(
        IndicatorRate(run=row, code=code, flagged=rate.flagged, examined=rate.examined)
        for code, rate in rates.items()
    )
    row.digest, row.processes, row.ran_at = wanted, report.processes, now
    row.save()
    return True


def _opened(now: datetime) -> list[Tender]:
    rows = Tender.objects.filter(historical_batch=None, opened_at__lte=now)
    return list(rows.order_by("pk").defer("terms"))


def _digest(past: bool, rules: Thresholds, found: list[Flag]) -> str:
    told = hashlib.sha256(repr((rules, found)).encode())
    kept = CompiledProcess.objects.filter(lot__tender__historical_batch__isnull=not past)
    for key, digest in kept.order_by("lot").values_list("lot", "digest").iterator():
        told.update(f"{key} {digest}\n".encode())
    return told.hexdigest()


def _rates(found: list[Flag], tenders: int) -> dict[str, Rate]:
    return {
        code: Rate(len({flag.subject for flag in found if flag.code == code}), tenders)
        for code in FROM_FACTS
    }


def _keep(flags: list[Flag], past: bool, digest: str, now: datetime) -> None:
    """Write new flags, renew the evidence of those known, mark what is not found any more."""
    known = {row.key: row for row in RedFlag.objects.filter(past=past)}
    subjects = _Subjects(flags)
    for flag in flags:
        row = known.pop(flag.key, None)
        row = row or RedFlag(key=flag.key, past=past, code=flag.code, found_at=now)
        row.group, row.value, row.input_digest = flag.group, value_text(flag.value), digest
        row.gone_at = None
        if subjects.name(row, flag):
            row.save()
            _evidence(row, flag)
            row.parties.set(subjects.parties(flag))
    gone = [row.pk for row in known.values() if row.gone_at is None]
    RedFlag.objects.filter(pk__in=gone).update(gone_at=now)


def _evidence(row: RedFlag, flag: Flag) -> None:
    row.evidence.all().delete()
    RedFlagEvidence.objects.bulk_create(
        RedFlagEvidence(flag=row, number=number, name=name[:80], value=value)
        for number, (name, value) in enumerate(flag.evidence, 1)
    )


class _Subjects:
    """The rows that the subjects and parties of flags are the names of; three queries."""

    def __init__(self, flags: Iterable[Flag]) -> None:
        rows = list(flags)
        references = {flag.subject.partition("/")[0] for flag in rows if flag.group == OCID}
        lots = Lot.objects.filter(tender__reference__in=references).select_related("tender")
        self._lots: dict[str, list[Lot]] = {}
        for lot in lots:
            self._lots.setdefault(lot.tender.reference, []).append(lot)
        named = {flag.subject for flag in rows if flag.group != OCID}
        named |= {party for flag in rows for party in flag.parties}
        found = Organization.objects.filter(public_id__in=named)
        self._organizations = {row.public_id: row for row in found}

    def name(self, row: RedFlag, flag: Flag) -> bool:
        """Set what the flag is about; False for a subject that is no row any more."""
        if flag.group != OCID:
            row.organization = self._organizations.get(flag.subject)
            return row.organization is not None
        reference, _, number = flag.subject.partition("/")
        lots = self._lots.get(reference, [])
        row.lot = next((lot for lot in lots if not number or str(lot.number) == number), None)
        row.tender = row.lot.tender if row.lot else None
        return row.tender is not None

    def parties(self, flag: Flag) -> list[Organization]:
        found = (self._organizations.get(party) for party in flag.parties)
        return [row for row in found if row is not None]
