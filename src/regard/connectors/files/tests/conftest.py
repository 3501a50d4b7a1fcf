from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from regard.connectors.files.chunking import chunks
from regard.connectors.files.decoding import decode

# The repository's root is five folders up; the data sets, where they are at hand, lie beside it.
DATA = Path(__file__).resolve().parents[5] / ".." / "shared" / "data"
IMPORTED = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.fixture
def data():
    """The path of a real file; skips the test where the data sets are absent."""

    def find(name: str) -> Path:
        path = DATA / name
        if not path.exists():
            pytest.skip(f"the data set {name} is not at hand (../shared/data)")
        return path

    return find


@pytest.fixture
def write(tmp_path):
    """Write a file and return its path."""

    def make(content, name="file.csv", encoding="utf-8"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    return make


@pytest.fixture
def read_all():
    """Decode a whole file: (rows, refused) as lists of dicts, every item in exactly one of the two."""

    def read(path, import_map, zone="UTC", rows=20_000):
        made, refused, seen = [], [], 0
        for chunk in chunks(path, reading=import_map.reading, rows=rows):
            found = decode(chunk, import_map, inbox=7, item_namespace="file", imported_at=IMPORTED, zone=ZoneInfo(zone))
            accepted = set(found.rows["position"].to_pylist())
            turned_away = found.refused["position"].to_pylist()
            assert len(accepted) + len(turned_away) == chunk.num_rows
            assert accepted.isdisjoint(turned_away)
            made += found.rows.to_pylist()
            refused += found.refused.to_pylist()
            seen += chunk.num_rows
        return made, refused

    return partial(read)


@pytest.fixture
def own_uploads(settings, tmp_path):
    """A folder for uploads that no other test has used."""
    settings.REGARD_DATA = tmp_path / "data"
