"""Long work on files, off the request."""

from __future__ import annotations

from procrastinate.contrib.django import app

from regard.connectors.files.begin_import import carry_out
from regard.connectors.files.models import FileImport
from regard.connectors.files.reading import UnreadableFile


@app.task(name="connectors.files.carry_out", queue="imports", retry=5)
def carry_out_import(pk: int) -> None:
    """Take in an uploaded file. Tried again after a crash; what the inbox has already is not put there
    twice.
    """
    found = FileImport.objects.select_related("source").filter(pk=pk).first()
    if found is None:
        return
    try:
        carry_out(found)
    except UnreadableFile as error:
        found.fail(str(error))
