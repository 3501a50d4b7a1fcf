"""What a file is, by its bytes and never by its name. Photos are drawn anew: what a camera notes (where, when, by which device) and what
may hide behind a picture does not stay.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import IO, Literal

from PIL import Image, ImageOps

from regard.listening.answering.reading import Unfit
from regard.listening.pictures import NoPicture, opened

PHOTOS, DOCUMENT = ("image/jpeg", "image/png", "image/webp"), "application/pdf"
#: What a file picker offers.
ACCEPTED: dict[str, str] = {"photos": ",".join(PHOTOS), "documents": ",".join((*PHOTOS, DOCUMENT))}
ENDINGS = {"image/jpeg": ".jpg", "image/png": ".png", DOCUMENT: ".pdf"}
_SIDE = 4_096


@dataclass(frozen=True)
class Fit:
    kind: str
    body: bytes


def fit(file: IO[bytes], takes: Literal["photos", "documents"]) -> Fit:
    """The file as it is kept. Raises Unfit for another kind, for and for what cannot be opened."""
    start = file.read(8)
    file.seek(0)
    if start.startswith(b"%PDF-"):
        body = file.read()
        if takes != "documents":
            raise Unfit("file_photo")
        if b"%%EOF" not in body[-2_048:]:
            raise Unfit("file_broken")
        return Fit(DOCUMENT, body)
    try:
        with opened(file) as picture:
            return _drawn(picture)
    except NoPicture as problem:
        other = "file_photo" if takes == "photos" else "file_kind"
        raise Unfit("file_broken" if problem.known else other) from None


def _drawn(picture: Image.Image) -> Fit:
    picture.draft("RGB", (_SIDE, _SIDE))  # a JPEG is read no larger than it is kept
    picture.thumbnail((_SIDE, _SIDE))
    upright = ImageOps.exif_transpose(picture)
    lossless = picture.format in ("PNG", "GIF")
    mode = "RGBA" if lossless and upright.has_transparency_data else "RGB"
    plain, body = Image.new(mode, upright.size), io.BytesIO()
    plain.paste(upright.convert(mode))
    plain.save(body, "PNG" if lossless else "JPEG", **({} if lossless else {"quality": 88}))
    return Fit("image/png" if lossless else "image/jpeg", body.getvalue())
