"""A company's logo, small enough to stand on every page: drawn anew from what was sent, on a ground that shows through."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import IO

from PIL import Image

from regard.listening.pictures import opened

#: Pages of surveys are at most 30 KB with all that belongs to them.
MOST_BYTES = 8_000
#: Twice as large as it is shown, for displays that have the points.
_BOX = (440, 96)


@dataclass(frozen=True)
class Logo:
    png: bytes
    width: int
    height: int


def logo(file: IO[bytes]) -> Logo:
    """Raises NoPicture."""
    with opened(file) as given:
        given.thumbnail((4 * _BOX[0], 4 * _BOX[0]))  # before anything is done to all its points
        picture = given.convert("RGBA")
    picture = picture.crop(picture.getchannel("A").getbbox() or (0, 0, *picture.size))
    picture.thumbnail(_BOX)
    while True:
        for colours in (0, 256, 64, 24):
            made = io.BytesIO()
            (picture.quantize(colours, method=Image.Quantize.FASTOCTREE) if colours else picture).save(made, "PNG", optimize=True)
            if made.tell() <= MOST_BYTES:
                return Logo(made.getvalue(), max(picture.width // 2, 1), max(picture.height // 2, 1))
        picture.thumbnail((picture.width * 3 // 4, picture.height * 3 // 4))
