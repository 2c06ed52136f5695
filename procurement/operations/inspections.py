"""Tests of a load's sample: the first one, and that of the sealed duplicate by somebody else."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from marketplace.accounts.models import User
from marketplace.errors import Conflict, NotPermitted
from marketplace.fields import plain
from procurement.models import AdjustmentStep, Delivery, LoadTest, Measurement
from procurement.operations import deliveries
from procurement.queries import inspections as queries
from procurement.queries import loads
from procurement.rules import inspecting
from procurement.rules.inspecting import Measured, Verdict
from procurement.rules.payable import Worth
from produce.rules.conformance import Finding, Outcome

Kind = LoadTest.Kind


@transaction.atomic
def record(
    *, load: Delivery, measured: Sequence[Measured], key: str = "", by: User, now: datetime
) -> LoadTest:
    """Judge the sample. With a `key` the same measurements sent twice count once."""
    if known := _known(load, key):
        return known
    row = deliveries.at_the_gate(load, "inspections.record", by)
    return _test(row, Kind.FIRST, measured, key, by, now)


@transaction.atomic
def again(
    *, load: Delivery, measured: Sequence[Measured], key: str = "", by: User, now: datetime
) -> LoadTest:
    """Judge the sealed duplicate, by another person; it counts, and both results stay visible."""
    if known := _known(load, key):
        return known
    row = deliveries.at_the_gate(load, "inspections.again", by)
    tests = loads.tests_of(row)
    if len(tests) > 1:
        raise Conflict("The sealed duplicate has been tested already: there is no third bag.")
    if tests[0].operator_id == by.pk:
        raise NotPermitted(
            "You tested the first bag of this sample.",
            code="separation-of-duties",
            remedy="Another inspector has to test the duplicate.",
        )
    _take_back(row)
    return _test(row, Kind.AGAIN, measured, key, by, now)


def _known(load: Delivery, key: str) -> LoadTest | None:
    rows = LoadTest.objects.filter(key=key, sample__delivery=load.pk) if key else None
    return rows.first() if rows is not None else None


def _take_back(row: Delivery) -> None:
    """A rejection or a yes answered the first test: the ledger keeps it, the load goes on."""
    row.rejected_at, row.rejected_by, row.rejected_reasons = None, None, ""
    row.agreed_at, row.agreed_by, row.agreed_amount = None, None, None
    row.save()


def _test(
    row: Delivery, kind: str, measured: Sequence[Measured], key: str, by: User, now: datetime
) -> LoadTest:
    judged = queries.judge(row, measured, deliveries.local(now).date())
    sample = row.sample
    worth = judged.worth
    made = LoadTest.objects.create(
        sample=sample,
        kind=kind,
        seal=sample.seal if kind == Kind.FIRST else sample.duplicate_seal,
        operator=by,
        recorded_at=now,
        key=key,
        conforms=judged.conforms,
        reasons="\n".join(judged.reasons),
        payable=worth.payable,
        unit_price=worth.unit_price,
        amount=worth.amount,
        is_adjusted=worth.is_adjusted,
        rounding=worth.rounding,
    )
    _write_values(made, judged.verdict, measured)
    _write_steps(made, worth)
    deliveries.raise_flags(row, inspecting.flags(measured, now), now)
    deliveries.recorded("MeasurementsRecorded", row, by, now, _body(made, measured))
    return made


def _write_values(made: LoadTest, verdict: Verdict, measured: Sequence[Measured]) -> None:
    found: dict[str, Finding] = {f.limit.code: f for f in verdict.findings}
    Measurement.objects.bulk_create(
        Measurement(
            test=made,
            code=one.code,
            name=found[one.code].limit.name,
            value=one.value,
            unit=one.unit,
            method=one.method.strip(),
            device=one.device.strip(),
            measured_at=one.measured_at,
            holds=found[one.code].outcome is Outcome.CONFORMS,
            said=found[one.code].reason[:300],
        )
        for one in measured
    )


def _write_steps(made: LoadTest, worth: Worth) -> None:
    AdjustmentStep.objects.bulk_create(
        AdjustmentStep(
            test=made,
            position=n,
            what=step.what[:300],
            formula=step.formula[:300],
            value=step.value[:120],
        )
        for n, step in enumerate(worth.steps, start=1)
    )


def _body(made: LoadTest, measured: Sequence[Measured]) -> dict[str, object]:
    values = [
        {
            "parameter": one.code,
            "value": one.value,
            "unit": one.unit,
            "method": one.method,
            "device": one.device,
            "measured_at": one.measured_at.isoformat(),
        }
        for one in measured
    ]
    return {
        "test": made.kind,
        "seal": made.seal,
        "values": values,
        "conforms": made.conforms,
        "reasons": made.reasons,
        "payable": plain(made.payable),
        "unit_price": plain(made.unit_price),
        "amount": plain(made.amount),
    }
