"""Files that come with a page: taken up to a limit, checked, and kept until the page is taken. Nothing else that was typed is lost by a
file that is too large: what is beyond the limit is read and thrown away.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, MemoryFileUploadHandler, TemporaryFileUploadHandler
from django.http import HttpRequest

from regard.listening.answering.limits import may_send_file
from regard.listening.answering.reading import Unfit
from regard.listening.files.store import keep
from regard.listening.surveys.definition import File, Survey

#: A video sent by mistake is still read to its end, so that the page can say so.
_LARGEST_REQUEST = 200_000_000
_MOST_OF_A_PAGE = 100


class TooLarge(UploadedFile):  # type: ignore[type-arg]  # it takes none when it runs
    pass


class Limited(FileUploadHandler):
    """Stops what is larger than a file may be, and what is more than so many, before it is written anywhere."""

    _seen = _files = 0

    def __init__(self, request: HttpRequest, *, largest: int, most: int) -> None:
        super().__init__(request)
        self.largest, self.most = largest, most

    def handle_raw_input(
        self, input_data: Any, META: Any, content_length: int | None, boundary: Any, encoding: str | None = None
    ) -> None:
        if (content_length or 0) > _LARGEST_REQUEST:
            raise RequestDataTooBig("The request is larger than any file that is taken.")

    def new_file(self, *given: Any, **more: Any) -> None:
        super().new_file(*given, **more)
        self._seen, self._files = 0, self._files + 1

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        self._seen += len(raw_data)
        return None if self._stops else raw_data

    def file_complete(self, file_size: int) -> UploadedFile[Any] | None:
        return TooLarge(name=self.file_name or "file") if self._stops else None

    @property
    def _stops(self) -> bool:
        return self._seen > self.largest or self._files > self.most


def take_files(request: HttpRequest, *, largest: int, most: int) -> None:
    """From strangers, too: so many of at most so many bytes. What is beyond is there as TooLarge, without its bytes. Before anything of the
    request is read.
    """
    request.upload_handlers = [
        Limited(request, largest=largest, most=most),
        MemoryFileUploadHandler(request),
        TemporaryFileUploadHandler(request),
    ]


def expect_files(request: HttpRequest, survey: Survey) -> None:
    """Before anything of the request is read."""
    if request.method == "POST" and survey.files():
        take_files(request, largest=settings.ANSWER_FILE_BYTES, most=_MOST_OF_A_PAGE)


def receive(
    request: HttpRequest, questions: Iterable[Any], fields: dict[str, Sequence[str]], language: str
) -> dict[str, str]:
    """Put the files of a page among its fields, by the numbers under which they are kept. Returns what cannot be taken: question → a
    sentence; such a question counts as not asked.
    """
    wrong: dict[str, str] = {}
    for question in questions:
        if not isinstance(question, File) or question.id not in fields.get("asked", ()):
            continue
        if fields.get(f"{question.id}.drop"):
            fields[question.id] = fields[f"{question.id}.name"] = [""]
        if (given := request.FILES.get(f"{question.id}.file")) is None:
            continue
        try:
            if isinstance(given, TooLarge):
                raise Unfit("file_large", most=settings.ANSWER_FILE_BYTES // 1_000_000)
            if not may_send_file(request):
                raise Unfit("file_later")
            row = keep(given, question)
            fields[question.id], fields[f"{question.id}.name"] = [str(row.pk)], [row.name]
        except Unfit as problem:
            wrong[question.id] = problem.said(language)
    fields["asked"] = [one for one in fields.get("asked", ()) if one not in wrong]
    return wrong
