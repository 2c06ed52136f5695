"""The guide's blocks in a shell, and docs/examples/client.py, against a demo that runs."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from marketplace.demo import environment
from marketplace.demo.environment import BASE
from tests.demo.ports import free_port

GUIDE = BASE / "docs" / "reference" / "api.md"
CLIENT = BASE / "docs" / "examples" / "client.py"
TOOLS = [name for name in ("bash", "curl", "jq") if shutil.which(name) is None]
pytestmark = pytest.mark.skipif(bool(TOOLS), reason=f"The walk needs {', '.join(TOOLS)}")


@pytest.fixture(scope="module")
def house(tmp_path_factory) -> Iterator[tuple[Path, int]]:
    """The folder and the port of a small demo."""
    folder, port = tmp_path_factory.mktemp("walk"), free_port()
    env = {k: v for k, v in os.environ.items() if not k.startswith(("MUSIKA_", "DJANGO_"))}
    env["MUSIKA_VAR_DIR"] = str(folder)
    command = [sys.executable, "-m", "marketplace", "demo", "--small", "--port", str(port)]
    demo = subprocess.Popen(command, cwd=BASE, env=env, stdout=subprocess.PIPE, text=True)
    try:
        lines = iter(demo.stdout.readline, "")
        assert any("Musika runs at" in line for line in lines)
        yield folder, port
    finally:
        demo.send_signal(signal.SIGTERM)
        try:
            demo.wait(40)
        finally:
            demo.kill()
            demo.wait()


def blocks() -> list[str]:
    return re.findall(r"^```sh\n(.*?)^```$", GUIDE.read_text(), re.S | re.M)


def walk(script: str, house: tuple[Path, int]) -> subprocess.CompletedProcess[str]:
    folder, port = house
    env = {
        "PATH": os.environ["PATH"],
        "TMPDIR": str(folder),
        "API": f"http://{environment.HOST}:{port}/api/v1",
        "LOGINS": str(folder / "demo-logins.json"),
        "PYTHON": sys.executable,
    }
    command = ["bash", "-euo", "pipefail", "-c", script]
    return subprocess.run(command, cwd=BASE, env=env, capture_output=True, text=True, timeout=120)


def said_by(block: str, words: str) -> str:
    """What the block that has `words` printed: each block is followed by a line of its own."""
    number = next(n for n, text in enumerate(blocks()) if words in text)
    return block.split(f"--- end of {number}\n")[0].split(f"--- end of {number - 1}\n")[-1]


@pytest.fixture(scope="module")
def said(house) -> str:
    script = "\n".join(f"{text}\necho '--- end of {n}'" for n, text in enumerate(blocks()))
    done = walk(script, house)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


def test_every_command_of_the_guide_is_in_a_block_that_is_run():
    outside = re.sub(r"^```sh\n.*?^```$", "", GUIDE.read_text(), flags=re.S | re.M)
    assert len(blocks()) > 10
    assert not re.search(r"^(    |\s*\$ )?(curl|get|jq) ", outside, re.M)


def test_the_pages_of_the_list_hold_every_tender_once(said, house):
    everything = walk('curl -fsS "$API/tenders?page_size=200"', house).stdout
    assert int(said_by(said, "references.txt")) == len(json.loads(everything)["results"]) > 5


def test_the_refusal_shown_names_the_mistake(said):
    shown = json.loads(said_by(said, "statsu"))
    assert (shown["status"], shown["code"]) == (422, "unknown-parameter")
    assert shown["errors"][0]["place"] == "?statsu"


def test_the_draft_is_saved_twice(said):
    first, second = map(int, said_by(said, "bid/draft").split())
    # The demo's tenderer may have begun a draft of this tender before.
    assert second == first + 1


def test_the_bid_is_submitted_replaced_and_withdrawn(said):
    assert json.loads(said_by(said, "first-"))["revision"] == 1
    replaced, _, gone = said_by(said, "second-").partition("}\n")
    assert json.loads(f"{replaced}}}")["revision"] == 2
    assert json.loads(gone)["status"] == 404


def test_the_receipt_and_the_history_verify(said):
    assert "All checks passed" in said_by(said, "receipt.json")
    assert "All checks passed" in said_by(said, 'history.jsonl" --key')


# --- docs/examples/client.py ------------------------------------------------------------------


@pytest.fixture(scope="module")
def client(house):
    """Runs the client's command with the key given; gives how it ended."""
    env = {"PATH": os.environ["PATH"], "MUSIKA_SITE": f"http://{environment.HOST}:{house[1]}"}

    def run(*words: str, sent: str = "", key: str = "") -> subprocess.CompletedProcess[str]:
        command = [sys.executable, str(CLIENT), *words]
        given = {"input": sent, "env": env | {"MUSIKA_KEY": key}, "cwd": BASE}
        return subprocess.run(command, capture_output=True, text=True, timeout=60, **given)

    return run


@pytest.fixture(scope="module")
def key(house, client) -> str:
    logins = json.loads((house[0] / "demo-logins.json").read_text())
    who = [row for row in logins if row["role"] == "tenderer"][-1]
    return client("login", who["email"], sent=f"{who['password']}\n").stdout.strip()


def test_the_client_lists_open_tenders_over_several_pages(client):
    one_each = client("tenders", "--filter", "page_size=1").stdout.splitlines()
    in_one = client("tenders", "--filter", "page_size=200").stdout.splitlines()
    assert one_each == in_one and len(in_one) > 1
    first = json.loads(client("tender", in_one[0].split()[0]).stdout)
    assert first["title"] in in_one[0]


def test_the_client_says_what_the_refusal_says(client):
    done = client("tenders", "--filter", "statsu=open")
    assert done.returncode == 1 and "?statsu" in done.stderr and not done.stdout


def test_the_client_submits_a_bid_whose_receipt_verifies(client, key, house, tmp_path):
    rows = client("tenders", "--filter", "reserved=everyone").stdout.splitlines()
    reference = max(rows, key=lambda row: row.split()[1]).split()[0]
    bid, receipt = tmp_path / "bid.json", tmp_path / "receipt.json"
    bid.write_text(client("template", reference, "312.50").stdout)
    submitted = client("bid", reference, str(bid), key=key)
    assert submitted.returncode == 0, submitted.stderr
    ledger = walk('curl -fsS "$API/ledger/checkpoint" | jq -rj .key', house).stdout
    done = client("receipt", reference, str(receipt), "--ledger-key", ledger, key=key)
    assert done.returncode == 0 and "All checks passed" in done.stdout, done.stderr
    assert client("bid", reference, str(bid)).returncode == 1, "without a key nothing is submitted"


def test_the_client_follows_the_changes_and_goes_on_where_it_was(client, tmp_path):
    cursor, other = tmp_path / "cursor.txt", tmp_path / "other.txt"
    until = time.monotonic() + 150
    told: list[str] = []
    # The worker publishes once a minute what the seed has recorded.
    while not told and time.monotonic() < until:
        time.sleep(1)
        told = client("changes", "--cursor", str(cursor)).stdout.splitlines()
    assert any(line.endswith(" tender") for line in told)
    small = client("changes", "--cursor", str(other), "--limit", "7").stdout.splitlines()
    assert small[: len(told)] == told, "small pages skip nothing and repeat nothing"
    again = client("changes", "--cursor", str(other)).stdout.splitlines()
    assert not set(again) & set(small)
