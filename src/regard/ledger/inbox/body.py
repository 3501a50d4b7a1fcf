"""Bodies are kept compressed (zstd, level 1: a tenth of a millisecond for a request of 100 events)."""

from __future__ import annotations

import pyarrow as pa

_CODEC = pa.Codec("zstd", compression_level=1)


def packed(body: bytes) -> bytes:
    return bytes(_CODEC.compress(body, asbytes=True))


def unpacked(body: bytes | memoryview, size: int) -> bytes:
    return bytes(_CODEC.decompress(bytes(body), decompressed_size=size, asbytes=True)) if size else b""
