"""What is in the environment before Django reads its settings. Nothing here imports Django."""

import os
import socket
from collections.abc import MutableMapping
from pathlib import Path

BASE = Path(__file__).resolve().parent.parent.parent
HOST = "127.0.0.1"
PORT = 8000

# Of another installation: a drill must touch neither its data nor its keys.
FOREIGN = (
    "MUSIKA_DATABASE_URL",
    "MUSIKA_BROKER_URL",
    "MUSIKA_CACHE_URL",
    "MUSIKA_EMAIL_URL",
    "MUSIKA_KEY_DIR",
    "MUSIKA_STATIC_BACKEND",
    "MUSIKA_ALLOWED_HOSTS",
    "MUSIKA_DEBUG",
)


def for_demo(port: int, env: MutableMapping[str, str] = os.environ) -> None:
    """A demo on this machine: short tender periods are allowed, so that a visitor sees the end."""
    env["DJANGO_SETTINGS_MODULE"] = "marketplace.settings"
    env["MUSIKA_DEMO"] = "1"
    env["MUSIKA_SITE_URL"] = f"http://{HOST}:{port}"
    env.setdefault("MUSIKA_COMPRESSED_PERIOD", "60")
    env.setdefault("MUSIKA_DRAIN_SECONDS", "10")
    # A demo is stopped and started at will.
    env.setdefault("MUSIKA_OUTAGE_SECONDS", "0")
    env.setdefault("MUSIKA_LOGIN_RATE", "60/min")
    env.setdefault("MUSIKA_LOG_LEVEL", "WARNING")


def for_check(port: int, house: Path, env: MutableMapping[str, str] = os.environ) -> None:
    """A drill in a house of its own, with time compressed."""
    for name in FOREIGN:
        env.pop(name, None)
    env["MUSIKA_VAR_DIR"] = str(house)
    env["MUSIKA_COMPRESSED_PERIOD"] = "1"
    env["MUSIKA_DRAIN_SECONDS"] = "1"
    env["MUSIKA_LOGIN_RATE"] = "600/min"
    for_demo(port, env)


def is_free(port: int) -> bool:
    """Whether a server could listen there now."""
    with socket.socket() as probe:
        # As servers do: a port whose last connections are still fading away is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def claim_port() -> socket.socket:
    """A port that is ours from now on: the server gets this very socket.

    A number alone could be another's by the time the server binds it: making the tables takes
    seconds, and every outgoing connection of this machine draws from the same numbers.
    """
    claimed = socket.socket()
    claimed.bind((HOST, 0))
    return claimed


def number_of(claimed: socket.socket) -> int:
    return int(claimed.getsockname()[1])
