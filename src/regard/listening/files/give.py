"""A file of a respondent, given out: always as a file to be saved, never in a page."""

from __future__ import annotations

from django.http import Http404, HttpResponseBase

from regard.listening.files.models import AnswerFile
from regard.listening.files.store import open_file
from regard.listening.responses.models import Response
from regard.web.files import given_out


def give(response: Response, question: str) -> HttpResponseBase:
    """Raises Http404 where there is none, or its bytes are gone."""
    answer = response.answers.get(question)
    row = AnswerFile.objects.filter(response=response.pk, question=question).first()
    if row is None or not isinstance(answer, dict) or answer.get("file") != str(row.pk):
        raise Http404
    file = open_file(row)
    if file is None:
        raise Http404
    return given_out(file, name=answer["name"], kind=row.kind)
