"""Write the ZIP of a dossier: stored, in one form, so that equal contents give equal bytes."""

import hashlib
import zipfile
from collections.abc import Iterable
from typing import IO, Any

from marketplace.ledger import canonical, checkpoint

FORMAT = "musika-dossier/1"
MANIFEST = "manifest.json"
# The ZIP format knows no time before; a real one would make equal contents differ.
DATE = (1980, 1, 1, 0, 0, 0)
MODE = 0o100644
Row = dict[str, Any]


class Pack:
    """A ZIP that is being written; each file's size and SHA-256 are taken on the way."""

    def __init__(self, out: IO[bytes]) -> None:
        self.zip = zipfile.ZipFile(out, "w", zipfile.ZIP_STORED)
        self.rows: list[Row] = []

    def add(self, path: str, chunks: Iterable[bytes]) -> None:
        """Write one file; memory does not grow with its length."""
        digest, size = hashlib.sha256(), 0
        with self.zip.open(_info(path), "w") as file:
            for chunk in chunks:
                digest.update(chunk)
                size += len(chunk)
                file.write(chunk)
        self.rows.append({"path": path, "sha256": digest.hexdigest(), "size": size})

    def abandon(self) -> None:
        """Leave the ZIP as it is, broken; else it would end itself in a file long closed."""
        self.zip.fp = None

    def close(self, facts: Row, *, origin: str, seed: bytes) -> None:
        """Sign the manifest and end the ZIP. `seed` is the ledger's signing key."""
        rows = sorted(self.rows, key=lambda row: str(row["path"]))
        manifest = {"format": FORMAT, "origin": origin, **facts, "files": rows}
        text = canonical.dumps(manifest) + "\n"
        signature = checkpoint.sign(text, name=origin, seed=seed)[len(text) + 1 :]
        whole = canonical.dumps({**manifest, "signature": signature}) + "\n"
        self.zip.writestr(_info(MANIFEST), whole)
        self.zip.close()


def _info(path: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(path, DATE)
    info.external_attr = MODE << 16
    info.create_system = 3  # Unix, wherever the server runs
    return info
