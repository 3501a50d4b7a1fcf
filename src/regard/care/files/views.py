from __future__ import annotations

import io
from uuid import UUID

from django.http import Http404, HttpResponseBase

from regard.care.cases.queries import seen
from regard.care.files.keep import open_file
from regard.care.files.models import CaseFile
from regard.listening.pictures import NoPicture, opened
from regard.web.files import given_out
from regard.workspace.members.middleware import RegardRequest

_SIDE = 320


def show(request: RegardRequest, number: int, file: UUID) -> HttpResponseBase:
    """To be saved, by whoever may see its case."""
    found = _find(request, number, file)
    if (body := open_file(found)) is None:
        raise Http404
    return given_out(body, name=found.name, kind=found.kind)


def picture(request: RegardRequest, number: int, file: UUID) -> HttpResponseBase:
    """A small one of a picture, drawn anew once more, for the page of its case."""
    found = _find(request, number, file)
    if not found.picture or (body := open_file(found)) is None:
        raise Http404
    small = io.BytesIO()
    try:
        with body, opened(body) as drawn:
            drawn.draft("RGB", (_SIDE, _SIDE))
            drawn.thumbnail((_SIDE, _SIDE))
            drawn.save(small, "PNG" if found.kind == "image/png" else "JPEG")
    except NoPicture:
        raise Http404 from None
    small.seek(0)
    return given_out(small, name=found.name, kind=found.kind, shown=True)


def _find(request: RegardRequest, number: int, file: UUID) -> CaseFile:
    """Raises Http404 also for readers who may not know who customers are: nobody can tell what a file shows."""
    if request.scope.masked or number >= 2**31:
        raise Http404
    case = seen(request.scope, request.member).filter(number=number).first()
    found = case.files.filter(pk=file).first() if case else None
    if found is None:
        raise Http404
    return found
