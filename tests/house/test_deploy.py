"""What deploy/README.md says about variables is what the settings read."""

import re
from pathlib import Path

BASE = Path(__file__).parents[2]
NAMED = re.compile(r"\b(?:MUSIKA|WEB)_[A-Z_]+")


def test_the_table_of_variables_names_every_one_and_no_other():
    read = set()
    for path in ("marketplace/settings.py", "deploy/gunicorn.conf.py"):
        read |= set(re.findall(r'"((?:MUSIKA|WEB)_[A-Z_]+)"', (BASE / path).read_text()))
    rows = [
        line.split("|")[1]
        for line in (BASE / "deploy/README.md").read_text().splitlines()
        if line.startswith("| `")
    ]
    assert {name for row in rows for name in NAMED.findall(row)} == read


def test_nginx_keeps_a_whole_request_in_memory():
    text = (BASE / "deploy/nginx.conf").read_text()
    sizes = re.findall(r"client_(?:max_body|body_buffer)_size (\w+);", text)
    assert sizes == ["20m", "20m"]
