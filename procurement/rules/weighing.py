"""What a weighbridge ticket must hold to: refused where it cannot be, flagged where it is odd.

What is impossible (no net weight, another vehicle) is refused and stays with who typed it. What a
person has to look at is recorded with a flag, so that nothing that a device sent is lost.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from marketplace.errors import Invalid
from procurement.rules.timeline import instant

# How far a device's clock may run ahead before its time is doubted.
CLOCK_AHEAD = timedelta(minutes=5)
REGISTRATION = re.compile(r"[A-Z0-9]{2,15}")
GIVEN_NAME = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)?")
# Heavier than a train of wagons that is weighed as one.
HEAVIEST = Decimal(4_000_000)


class BadTicket(Invalid):
    """The ticket contradicts itself or the vehicle at the gate."""

    code = "bad-ticket"


@dataclass(frozen=True, kw_only=True)
class Ticket:
    """Weights in kilograms. `net` is what the device says of it, where it says anything."""

    device: str
    number: str
    vehicle: str
    gross: Decimal
    tare: Decimal
    net: Decimal | None = None
    weighed_at: datetime
    calibrated_until: date


@dataclass(frozen=True)
class Flag:
    """`stops`: the load is not received before this is mended."""

    code: str
    said: str
    stops: bool


def registration(text: str) -> str:
    """A vehicle's registration as it is compared: capitals and digits alone. Raises Invalid."""
    found = re.sub(r"[\s.\-/]", "", text).upper()
    if not REGISTRATION.fullmatch(found):
        raise Invalid(
            f"“{text.strip()}” is no vehicle registration.",
            where="vehicle",
            remedy="Write it as it stands on the plate: letters and digits.",
        )
    return found


def given_name(text: str) -> str:
    """The driver's given name and nothing more. Raises Invalid."""
    name = text.strip()
    if name and (not GIVEN_NAME.fullmatch(name) or len(name) > 40):
        raise Invalid(
            "Write the driver's given name alone.",
            where="driver",
            remedy="No surname, number or telephone: nobody needs them here.",
        )
    return name


def check(ticket: Ticket, vehicle_at_gate: str) -> Decimal:
    """The net weight in kilograms. Raises BadTicket, naming what cannot be."""
    if not ticket.device or not ticket.number:
        raise BadTicket("A ticket has a device and a number.", where="number")
    if registration(ticket.vehicle) != vehicle_at_gate:
        raise BadTicket(
            f"The ticket is of the vehicle {registration(ticket.vehicle)}, but "
            f"{vehicle_at_gate} is at the gate.",
            where="vehicle",
            remedy="Weigh the vehicle at the gate, or correct its gate entry.",
        )
    if ticket.gross > HEAVIEST:
        raise BadTicket(
            f"Nothing on wheels weighs {ticket.gross:f} kg.",
            where="gross",
            remedy="Give kilograms.",
        )
    return _net(ticket)


def _net(ticket: Ticket) -> Decimal:
    if ticket.net is not None and ticket.net > ticket.gross:
        raise BadTicket(
            f"The net weight ({ticket.net:f} kg) is above the gross weight ({ticket.gross:f} kg).",
            where="net",
            remedy="Look at the ticket again: net is gross less tare.",
        )
    if not 0 <= ticket.tare < ticket.gross:
        raise BadTicket(
            f"The tare ({ticket.tare:f} kg) is not below the gross weight ({ticket.gross:f} kg): "
            "nothing would have been loaded.",
            where="tare",
            remedy="Look at the ticket again: were the two weights swapped?",
        )
    net = ticket.gross - ticket.tare
    if ticket.net is not None and ticket.net != net:
        raise BadTicket(
            f"Gross less tare is {net:f} kg, but the ticket says {ticket.net:f} kg net.",
            where="net",
            remedy="Leave the net weight out, or correct the ticket.",
        )
    return net


def flags(ticket: Ticket, now: datetime, today: date) -> Iterator[Flag]:
    """What somebody has to look at. `today` is the day of `now` in the service's zone."""
    if ticket.calibrated_until < today:
        yield Flag(
            "calibration-expired",
            f"The calibration of {ticket.device} was valid until "
            f"{ticket.calibrated_until.isoformat()}. Weigh the load on another device.",
            stops=True,
        )
    if ahead(ticket.weighed_at, now):
        yield clock_flag(ticket.device, ticket.weighed_at)


def ahead(at: datetime, now: datetime) -> bool:
    return instant(at) > instant(now) + CLOCK_AHEAD


def clock_flag(device: str, at: datetime) -> Flag:
    said = f"The clock of {device} is ahead: it says {instant(at).isoformat()}."
    return Flag("device-clock-ahead", f"{said} The time of receipt counts.", stops=False)
