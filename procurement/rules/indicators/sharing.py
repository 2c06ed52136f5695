"""M006: parties of one tender state the same owner, telephone, account, address or device.

The pairs come from `procurement.rules.links`, which compares keyed digests only.
"""

from collections.abc import Iterable
from fractions import Fraction

from procurement.rules.indicators.facts import OCID, Flag
from procurement.rules.links import Link


def shared(ocid: str, found: Iterable[Link]) -> list[Flag]:
    """One flag a pair and kind; the evidence says what is shared and by whom, not its value.

    By ids and not by names: who was erased is not named by a flag that was kept.
    """
    return [
        Flag(
            "M006",
            OCID,
            ocid,
            Fraction(1),
            (
                ("shared", link.kind.replace("_", " ")),
                ("one", link.one.party),
                ("other", f"{link.other.party}{', an official' if link.other.is_official else ''}"),
                ("innocently", link.innocent),
            ),
            (link.one.party, link.other.party),
            link.key,
        )
        for link in found
    ]
