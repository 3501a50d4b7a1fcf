"""Files on the public page: a field of some, each checked by its bytes. A browser chooses none again by itself, so whoever has to is told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest

from regard.care.files.content import Content, NotKept, read
from regard.listening.answering.limits import may_send_file
from regard.listening.files.receive import TooLarge, take_files

MOST = 5


def expect_files(request: HttpRequest) -> None:
    """Before anything of the request is read."""
    if request.method == "POST":
        take_files(request, largest=settings.CASE_FILE_BYTES, most=MOST)


def limits(say: Mapping[str, str]) -> str:
    return say["files_help"].format(count=MOST, most=settings.CASE_FILE_BYTES // 1_000_000)


def read_all(request: HttpRequest, given: list[UploadedFile[Any]], say: Mapping[str, str]) -> list[Content]:
    """As they are kept. Raises ValidationError in the words of the page."""
    if len(given) > MOST:
        raise ValidationError(say["files_many"].format(count=MOST))
    for one in given:
        if isinstance(one, TooLarge) or (one.size or 0) > settings.CASE_FILE_BYTES:
            raise ValidationError(say["file_large"].format(name=_name(one), most=settings.CASE_FILE_BYTES // 1_000_000))
    if not all(may_send_file(request) for _one in given):
        raise ValidationError(say["files_later"])
    return [_read(one, say) for one in given]


def _read(one: UploadedFile[Any], say: Mapping[str, str]) -> Content:
    try:
        return read(one.name or "file", one.read())
    except NotKept:
        raise ValidationError(say["file_not"].format(name=_name(one))) from None


def _name(one: UploadedFile[Any]) -> str:
    return " ".join((one.name or "file").split())[:100]


class _Some(forms.FileInput):
    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[UploadedFile[Any]]:
        return files.getlist(name) if files else []


class FilesField(forms.Field):
    """Any number, unread: what they are is looked at when everything else is right."""

    widget = _Some

    def clean(self, value: list[UploadedFile[Any]]) -> list[UploadedFile[Any]]:
        return value
