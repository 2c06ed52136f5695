"""The ZIP: stored files one after the other, and nothing else."""

from __future__ import annotations

import hashlib
import mmap
import re
import struct
import zlib
from collections.abc import Iterator
from typing import Any, BinaryIO

from procurement.dossier.verifier.base import Broken

LIMIT, WHOLE = 2 * 2**30, 64 * 2**20  # bytes: of the ZIP, of a file held in memory
PATH = re.compile(r"(?:[A-Za-z0-9_][A-Za-z0-9._-]*/)*[A-Za-z0-9_][A-Za-z0-9._-]*")
DATE, MODE = 33, 0o100644 << 16  # 1 January 1980; a plain file


class Package:
    """A ZIP in the one form that a dossier has; every byte of it is accounted for.

    Nothing is compressed, so nothing can swell; paths stay below; no links, no double names.
    """

    def __init__(self, file: BinaryIO, limit: int = LIMIT) -> None:
        self.places: dict[str, tuple[int, int, int]] = {}  # offset, size, sum
        size = file.seek(0, 2)
        if not 22 <= size <= limit:
            raise Broken(f"it has {size} bytes; 22 to {limit} are permitted (--limit)")
        self.data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        count, length, start = struct.unpack("<HLL", self.data[size - 12 : size - 2])
        end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, count, count, length, start, 0)
        if self.data[size - 22 :] != end or start + length + 22 != size:
            raise Broken("its end is not that of a dossier: cut short, added to, or no ZIP")
        table, place = start, 0
        for _ in range(count):
            row = struct.unpack("<4s6H3L5H2L", self.data[table : table + 46])
            name = self.data[table + 46 : table + 46 + row[10]].decode("ascii")
            self._permitted(name, row)
            head = (20, 0, 0, 0, DATE, row[7], row[8], row[8], len(name), 0)
            local = struct.pack("<4s5H3L2H", b"PK\3\4", *head) + name.encode()
            if row != (b"PK\1\2", 0x314, *head, 0, 0, 0, MODE, place):
                raise Broken(f"{name}: not packed as a dossier is; was the ZIP made anew?")
            if self.data[place : place + len(local)] != local:
                raise Broken(f"{name}: its two entries in the ZIP do not agree")
            self.places[name] = (place + len(local), row[8], row[7])
            place, table = place + len(local) + row[8], table + 46 + len(name)
        if place != start or table != size - 22:
            raise Broken("there are bytes that belong to no file")

    def _permitted(self, name: str, row: tuple[Any, ...]) -> None:
        if not PATH.fullmatch(name):
            raise Broken(f"{name[:80]!r}: a path that leaves the folder, or an odd name")
        if name in self.places:
            raise Broken(f"{name}: it is there twice")
        if (row[15] >> 16) & 0o170000 not in (0, 0o100000):
            raise Broken(f"{name}: a link or a device, not a file")
        if row[4] or row[8] != row[9]:
            raise Broken(f"{name}: compressed; in a dossier nothing is, so nothing can swell")

    def read(self, name: str) -> bytes:
        offset, size, _ = self.places.get(name, (0, -1, 0))
        if not 0 <= size <= WHOLE:
            raise Broken(f"{name}: missing, or longer than {WHOLE} bytes")
        return self.data[offset : offset + size]

    def lines(self, name: str) -> Iterator[bytes]:
        offset, size, _ = self.places.get(name, (0, 0, 0))
        self.data.seek(offset)
        while self.data.tell() < offset + size:
            line = self.data.readline()
            after = self.data.tell()
            if after > offset + size or line[-1:] != b"\n":
                raise Broken(f"{name}: its last line does not end")
            yield line[:-1]
            self.data.seek(after)

    def digest(self, name: str) -> str:
        """SHA-256 of a file; the ZIP's own sum must fit as well."""
        offset, size, crc = self.places[name]
        with memoryview(self.data) as whole, whole[offset : offset + size] as part:
            if zlib.crc32(part) != crc:
                raise Broken(f"{name}: it does not have the sum that the ZIP says")
            return hashlib.sha256(part).hexdigest()
