"""Answers that somebody typed may name them, and belong to nobody who is known: their names go out of them, the scores stay.

Whose an anonymous answer is cannot be told, so nothing is counted or given out here; what is in the ledger is given out there.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from regard.customers.privacy.registry import Keeper, Taken, counts_nothing, gives_nothing
from regard.ledger.inbox.strike import replacing
from regard.listening.responses.models import Response
from regard.listening.surveys.definition import Choice, Contact, Text
from regard.listening.surveys.models import Version


def _erase(taken: Taken) -> int:
    if not taken.needles.plain:
        return 0
    named = Response.objects.extra(where=["answers::text ~* %s"], params=[taken.needles.postgres]).filter(
        workspace=taken.workspace
    )
    replace, count = replacing(taken.needles.compiled), 0
    for response in named.only("answers"):
        response.answers = json.loads(replace(json.dumps(response.answers, ensure_ascii=False)))
        response.save(update_fields=["answers"])
        count += 1
    return count


def forget_responses(workspace: int, before: datetime) -> int:
    """Once answers have been kept long enough. Returns how many went."""
    count, _by_model = Response.objects.filter(workspace=workspace, saved__lt=before).delete()
    return count


#: Own words beside what was chosen: {"other": "…"} alone or in a list becomes "other".
_PLAIN = """
case jsonb_typeof(answers -> %(id)s) when 'object' then '"other"'::jsonb
    when 'array' then (select jsonb_agg(case jsonb_typeof(one) when 'object' then '"other"'::jsonb else one end order by place)
        from jsonb_array_elements(answers -> %(id)s) with ordinality as e(one, place))
    else answers -> %(id)s end
"""


def silence_responses(workspace: int, before: datetime) -> int:
    """What was written, once comments have been kept long enough, and how to reach whoever wrote it; scores and choices stay."""
    count = 0
    with connection.cursor() as cursor:
        old = Response.objects.filter(workspace=workspace, saved__lt=before)
        for version in Version.objects.filter(pk__in=old.values("version")):
            told: dict[str, Any] = {"version": version.pk, "before": before}
            words = [one.id for one in version.content.questions() if isinstance(one, Text | Contact)]
            cursor.execute(
                "update listening_response set answers = answers - %(words)s::text[] "
                "where version_id = %(version)s and saved < %(before)s and answers ?| %(words)s::text[]",
                {**told, "words": words},
            )
            count += cursor.rowcount
            for question in version.content.questions():
                if isinstance(question, Choice) and question.other:
                    cursor.execute(
                        f"update listening_response set answers = jsonb_set(answers, array[%(id)s], {_PLAIN}) "
                        "where version_id = %(version)s and saved < %(before)s and answers -> %(id)s @? '$.**.other'",
                        {**told, "id": question.id},
                    )
                    count += cursor.rowcount
    return count


KEEPER = Keeper(
    "responses", _("Names in answers to surveys"), ("listening.Response",), counts_nothing, gives_nothing, _erase
)
