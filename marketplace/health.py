"""Whether the pages answer, asked from outside the process that serves them."""

from urllib.error import URLError
from urllib.request import urlopen

SECONDS = 10


def answers(address: str) -> bool:
    """Whether a GET of the address succeeds within ten seconds; without an address, yes."""
    if not address:
        return True
    try:
        with urlopen(address, timeout=SECONDS) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError, ValueError):
        return False
