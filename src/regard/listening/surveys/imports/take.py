"""A file of another tool → a survey and what of it was not taken."""

from __future__ import annotations

import json

from django.utils.translation import gettext as _

from regard.listening.surveys.imports.lss import from_lss
from regard.listening.surveys.imports.qsf import from_qsf, is_qsf
from regard.listening.surveys.imports.surveyjs import from_surveyjs, is_surveyjs
from regard.listening.surveys.imports.taking import BadImport, Imported

LARGEST = 10_000_000


def take_file(given: bytes) -> Imported:
    """By its content, whatever it is called. Raises BadImport."""
    if len(given) > LARGEST:
        raise BadImport(_("The file is larger than 10 MB: is it the survey alone, without answers?"))
    head = given.lstrip(b"\xef\xbb\xbf \r\n\t")[:1]
    if head == b"<":
        return from_lss(given)
    if given[:2] == b"PK":
        raise BadImport(_("This is an archive: export the survey’s structure alone (.lss, .qsf or .json)."))
    try:
        data = json.loads(given.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise BadImport(
            _(
                "This file is neither JSON nor XML: choose one exported from Qualtrics (.qsf), LimeSurvey (.lss) or SurveyJS (.json)."
            )
        ) from None
    if isinstance(data, dict) and is_qsf(data):
        return from_qsf(data)
    if isinstance(data, dict) and is_surveyjs(data):
        return from_surveyjs(data)
    raise BadImport(
        _("This is JSON, but neither a survey of Qualtrics (SurveyElements) nor one of SurveyJS (pages or elements).")
    )
