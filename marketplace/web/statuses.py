"""The colour and the word of each state. One table, so that a state looks alike everywhere."""

from django.utils.translation import gettext_lazy as _

LEAF, MAIZE, CLAY, DUSK, HUSK = "leaf", "maize", "clay", "dusk", "husk"

STATUSES = {
    # tender
    "draft": (HUSK, _("Draft")),
    "review": (MAIZE, _("Waiting for approval")),
    "planned": (HUSK, _("Planned")),
    "published": (DUSK, _("Published")),
    "open": (LEAF, _("Open for bids")),
    "closing": (DUSK, _("Closed for bids")),
    "closed": (DUSK, _("Closed, not opened yet")),
    "awaiting_opening": (DUSK, _("Closed, not opened yet")),
    "opened": (DUSK, _("Bids opened")),
    "evaluation": (DUSK, _("In evaluation")),
    "in_evaluation": (DUSK, _("In evaluation")),
    "evaluated": (DUSK, _("Evaluated")),
    "standstill": (MAIZE, _("Standstill")),
    "awarded": (LEAF, _("Awarded")),
    "contracted": (LEAF, _("Contract signed")),
    "delivered": (LEAF, _("Delivered")),
    "terminated": (CLAY, _("Ended early")),
    "complete": (HUSK, _("Complete")),
    "cancelled": (CLAY, _("Cancelled")),
    "unsuccessful": (HUSK, _("No award")),
    "historical": (HUSK, _("Historical")),
    # bid
    "sealed": (DUSK, _("Sealed")),
    "submitted": (LEAF, _("Submitted")),
    "replaced": (HUSK, _("Replaced")),
    "withdrawn": (HUSK, _("Withdrawn")),
    "late": (CLAY, _("Too late, refused")),
    "valid": (LEAF, _("Meets every requirement")),
    "disqualified": (CLAY, _("Disqualified")),
    # produce, delivery, payment
    "booked": (HUSK, _("Booked")),
    "arrived": (DUSK, _("At the gate")),
    "weighed": (DUSK, _("Weighed")),
    "sampled": (DUSK, _("Sample drawn")),
    "conforms": (LEAF, _("Conforms")),
    "fails": (CLAY, _("Does not conform")),
    "agreed": (LEAF, _("Price agreed")),
    "received": (LEAF, _("Received")),
    "booking_cancelled": (HUSK, _("Booking cancelled")),
    "adjusted": (MAIZE, _("Accepted, price adjusted")),
    "rejected": (CLAY, _("Refused")),
    "due": (MAIZE, _("Payment due")),
    "paid": (LEAF, _("Paid")),
    "overdue": (CLAY, _("Overdue")),
    # tasks
    "todo": (DUSK, _("To do")),
    "in-progress": (MAIZE, _("In progress")),
    "done": (LEAF, _("Done")),
    "problem": (CLAY, _("There is a problem")),
    "flag-open": (MAIZE, _("Open")),
    "flag-explained": (LEAF, _("Explained")),
    "flag-confirmed": (CLAY, _("Confirmed")),
    "cannot-start": (HUSK, _("Cannot start yet")),
}


def look(status: str) -> tuple[str, str]:
    """Return (colour, word); a state without a row is shown in plain words on husk."""
    colour, word = STATUSES.get(
        status, (HUSK, status.replace("-", " ").replace("_", " ").capitalize())
    )
    return colour, str(word)
