"""The files of a case over the API: as its page has them, with the same checks and the same headers."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponseBase
from django.http.multipartparser import MultiPartParserError
from django.utils import timezone
from ninja import Field, Router, Schema
from ninja.errors import HttpError

from regard.care.cases import work
from regard.care.cases.api import case_or_404
from regard.care.cases.models import Case
from regard.care.cases.work import NotPossible
from regard.care.files.keep import MOST, open_file
from regard.care.files.models import CaseFile
from regard.care.files.receive import uploaded
from regard.listening.files.receive import take_files
from regard.web.files import given_out
from regard.workspace.keys.caller import KeyAuth, caller

router = Router(tags=["cases"])
_LONGEST_NOTE = 5_000
_FORM = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["files"],
                    "properties": {
                        "files": {
                            "type": "array",
                            "minItems": 1,
                            "maxItems": MOST,
                            "items": {"type": "string", "format": "binary"},
                        },
                        "note": {"type": "string", "maxLength": _LONGEST_NOTE, "description": "for colleagues"},
                    },
                }
            }
        },
    }
}
_SAVED = {"responses": {200: {"description": "The file, to be saved", "content": {"application/octet-stream": {}}}}}


class FileOut(Schema):
    id: UUID
    name: str
    type: str = Field(
        description="what its bytes say; `application/octet-stream` where that is neither a picture nor a PDF"
    )
    size: int = Field(description="in bytes")
    at: str
    by: str = Field(description="who sent or added it: an address, `key-3` for a key")


class FilesOut(Schema):
    items: list[FileOut]


@router.get("/{int:number}/files", response=FilesOut, summary="The files of a case, the oldest first")
def index(request: HttpRequest, number: int) -> dict[str, Any]:
    return _told(list(_find(request, number).files.all()))


@router.get("/{int:number}/files/{uuid:file}", summary="One file, to be saved", openapi_extra=_SAVED)
def show(request: HttpRequest, number: int, file: UUID) -> HttpResponseBase:
    found = _find(request, number).files.filter(pk=file).first()
    if found is None or (body := open_file(found)) is None:
        raise Http404
    return given_out(body, name=found.name, kind=found.kind)


@router.post(
    "/{int:number}/files",
    response={201: FilesOut},
    auth=KeyAuth(write=True),
    summary="Add files with a note",
    openapi_extra=_FORM,
)
def add(request: HttpRequest, number: int) -> tuple[int, dict[str, Any]]:
    """All of them or none. They stay here: the customer is sent nothing."""
    case = _find(request, number)
    take_files(request, largest=settings.CASE_FILE_BYTES, most=MOST)
    try:
        given, text = uploaded(request), request.POST.get("note", "")
        if not given:
            raise HttpError(422, "files: send at least one, as multipart/form-data.")
        if len(text) > _LONGEST_NOTE:
            raise HttpError(422, f"note: at most {_LONGEST_NOTE} letters.")
        noted = work.note(case, text, by=caller(request).id, now=timezone.now(), files=given)
    except NotPossible as problem:
        raise HttpError(422, str(problem)) from problem
    except (MultiPartParserError, SuspiciousOperation) as problem:
        raise HttpError(400, "This is no form that can be read, or larger than any that is taken.") from problem
    assert noted is not None
    return 201, _told(list(noted.files.all()))


def _find(request: HttpRequest, number: int) -> Case:
    """Whoever may not know who customers are gets no files either: nobody can tell what one shows."""
    if caller(request).scope.masked:
        raise Http404
    return case_or_404(request, number)


def _told(files: list[CaseFile]) -> dict[str, Any]:
    return {
        "items": [
            {"id": one.pk, "name": one.name, "type": one.kind, "size": one.size, "at": one.at.isoformat(), "by": one.by} for one in files
        ]
    }  # fmt: skip
