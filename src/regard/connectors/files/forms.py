from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from regard.connectors.files.import_map import (
    SCALES,
    Becomes,
    ColumnMap,
    Constants,
    ImportMap,
    ImportMapError,
    check,
)
from regard.connectors.files.models import FileImport

BECOMES: dict[Becomes, object] = {
    "score": _("Score"),
    "text": _("Words"),
    "date": _("Date"),
    "key": _("Key of the row"),
    "user_id": _("Customer number"),
    "email": _("E-mail address"),
    "phone": _("Phone number"),
    "anonymous_id": _("Anonymous id"),
    "identifier": _("Other identifier"),
    "name": _("Customer's name"),
    "trait": _("Trait of the customer"),
    "property": _("Property"),
    "touchpoint": _("Touchpoint"),
    "event": _("Event"),
    "channel": _("Channel"),
    "outcome": _("Outcome"),
    "duration": _("Duration"),
    "money": _("Money"),
    "currency": _("Currency"),
    "handovers": _("Handovers"),
    "unit": _("Unit"),
    "language": _("Language"),
    "metric": _("Metric"),
    "programme": _("Programme"),
    "ignore": _("Nothing"),
}
METRICS = {
    "nps": _("NPS, 0–10"),
    "csat": _("Satisfaction"),
    "ces": _("Effort (CES 2.0), 1–7"),
    "ces1": _("Effort (CES 1.0), low is good"),
    "rating": _("Rating"),
    "emotion": _("Emotion, −2…+2"),
}
CONSTANTS = {
    "touchpoint": _("Touchpoint"),
    "channel": _("Channel"),
    "event": _("Event"),
    "unit": _("Unit"),
    "programme": _("Programme"),
    "currency": _("Currency"),
    "date": _("Date"),
}


class UploadForm(forms.Form):
    what = forms.ChoiceField(label=_("What does the file hold?"), choices=FileImport.Kind.choices)
    file = forms.FileField(
        label=_("File"),
        help_text=_(
            "CSV, TSV, Excel (.xlsx), JSON or Parquet; packed with gzip if you like. Calls and chats as JSON and mail as mbox hold interactions."
        ),
    )

    def clean_file(self) -> UploadedFile[Any]:
        file: UploadedFile[Any] = self.cleaned_data["file"]
        if (file.size or 0) > settings.IMPORT_LIMIT_BYTES:
            most = settings.IMPORT_LIMIT_BYTES // 1_000_000
            raise forms.ValidationError(
                _("The file is larger than %(most)s MB. Split it, or use “regard import” on the server."),
                params={"most": most},
            )
        return file


def edited(import_map: ImportMap, given: Mapping[str, str]) -> ImportMap:
    """The map as the page was filled in; fields that were not sent stay. Raises ImportMapError."""
    columns = [_column(column, index, given) for index, column in enumerate(import_map.columns)]
    values = {name: given.get(f"all-{name}", getattr(import_map.constants, name)).strip() for name in CONSTANTS}
    constants: Constants = msgspec.structs.replace(import_map.constants, **values)
    reading = import_map.reading
    for about in ("decimal", "date_order"):
        choice = given.get(f"reading-{about}")
        if choice and any(question.about == about and choice in question.choices for question in reading.questions):
            rest = tuple(question for question in reading.questions if question.about != about)
            reading = msgspec.structs.replace(reading, **{about: choice, "questions": rest})
    found = msgspec.structs.replace(import_map, columns=columns, constants=constants, reading=reading)
    check(found)
    return found


def _column(column: ColumnMap, index: int, given: Mapping[str, str]) -> ColumnMap:
    def field(name: str, now: str) -> str:
        return given.get(f"{name}-{index}", now).strip()

    becomes = field("becomes", column.becomes)
    if becomes not in BECOMES:
        raise ImportMapError(f"Column “{column.column}” cannot become “{becomes}”.")
    changed: dict[str, object] = {"becomes": becomes}
    if becomes in ("score", "text"):
        changed["touchpoint"] = field("touchpoint", column.touchpoint)
    if becomes == "score":
        metric = field("metric", column.metric or "")
        if metric and metric not in SCALES:
            raise ImportMapError(f"Column “{column.column}”: “{metric}” is not a metric.")
        changed |= {"metric": metric or None, "scale": _scale(column, index, given)}
        blanks = field("na", ", ".join(str(cell) for cell in column.not_applicable))
        changed["not_applicable"] = [cell.strip() for cell in blanks.split(",") if cell.strip()]
    else:
        changed |= {"metric": None, "scale": None, "values": {}, "not_applicable": []}
    if becomes != "text":
        changed["of"] = ""
    if becomes not in ("event", "touchpoint"):
        changed["prefix"] = ""
    return msgspec.structs.replace(column, **changed)


def _scale(column: ColumnMap, index: int, given: Mapping[str, str]) -> tuple[int, int] | None:
    low, high = given.get(f"low-{index}"), given.get(f"high-{index}")
    if low is None or high is None:
        return column.scale
    if not low.strip() and not high.strip():
        return None
    try:
        return int(low), int(high)
    except ValueError as error:
        raise ImportMapError(f"Column “{column.column}”: a scale runs between two whole numbers.") from error
