"""Pictures that strangers send, opened: by their bytes, no larger than memory takes, a few at once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from PIL import Image, UnidentifiedImageError

_FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
_POINTS = 60_000_000
#: One that is being drawn holds some hundred megabytes.
_AT_ONCE = threading.BoundedSemaphore(2)


class NoPicture(ValueError):
    """`known`: it is one by its first bytes, but cannot be read to its end, or is too large."""

    def __init__(self, *, known: bool) -> None:
        super().__init__("no picture")
        self.known = known


@contextmanager
def opened(file: IO[bytes]) -> Iterator[Image.Image]:
    """JPEG, PNG, WebP or GIF of at most 60 million points. Raises NoPicture, also for what fails while it is drawn within."""
    try:
        with _AT_ONCE, Image.open(file, formats=_FORMATS) as picture:
            if picture.width * picture.height > _POINTS:
                raise NoPicture(known=True)
            yield picture
    except NoPicture:
        raise
    except UnidentifiedImageError:
        raise NoPicture(known=False) from None
    except Exception:  # what a decoder raises over bytes that are made to break it is in nobody's list
        raise NoPicture(known=True) from None
