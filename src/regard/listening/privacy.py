"""What customers answered, and whether they were asked.

Answers of somebody known go with them; of somebody anonymised the scores stay. Anybody's words may name them besides: names go out of
them, and since nobody can tell whose such answers are, they are neither counted nor given out.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import IO, Any

from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from regard.customers.privacy.registry import Keeper, Section, Subject, Taken
from regard.ledger.inbox.strike import replacing
from regard.listening.files.models import AnswerFile
from regard.listening.files.store import open_file
from regard.listening.inbox.models import Handling, What
from regard.listening.invitations.models import Invitation
from regard.listening.responses.models import Response
from regard.listening.surveys.definition import Choice, Contact, File, Text
from regard.listening.surveys.models import Version


def _count(subject: Subject) -> int:
    return Response.objects.filter(profile__in=subject.profiles).count()


def _export(subject: Subject) -> Iterator[Section]:
    found = Response.objects.filter(profile__in=subject.profiles).order_by("begun")
    columns = ("version__survey__name", "begun", "completed", "language", "channel", "answers")
    yield Section("answers to surveys", found.values(*columns).iterator())
    notes = Handling.objects.filter(response__profile__in=subject.profiles, what=What.NOTE).order_by("at")
    yield Section("notes on answers", notes.values("at", "by", "text").iterator())


def _files(subject: Subject) -> Iterator[tuple[str, IO[bytes]]]:
    for file in AnswerFile.objects.filter(response__profile__in=subject.profiles).select_related("response").order_by("made"):
        if file.response is not None and (content := open_file(file)) is not None:
            yield f"{file.pk} {file.response.answers.get(file.question, {}).get('name', '')}".strip(), content


def _erase(taken: Taken) -> int:
    theirs = Response.objects.filter(profile__in=taken.profiles)
    if taken.anonymise:
        count = _silence("r.id = any(%(ids)s)", {"ids": list(theirs.values_list("pk", flat=True))}, theirs)
        count += theirs.update(profile=None, invitation=None)
    else:
        count, _by_model = theirs.delete()
    return count + _unname(taken)


def _unname(taken: Taken) -> int:
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
    noted = Handling.objects.extra(where=["text ~* %s"], params=[taken.needles.postgres]).filter(response__workspace=taken.workspace)
    for note in noted:
        note.text = replace(note.text)[:2_000]
        note.save(update_fields=["text"])
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
    old = Response.objects.filter(workspace=workspace, saved__lt=before)
    return _silence("r.workspace_id = %(workspace)s and r.saved < %(before)s", {"workspace": workspace, "before": before}, old)


def _silence(where: str, values: dict[str, Any], responses: QuerySet[Response]) -> int:
    """Take the words out of these responses, given as SQL of our own and as what it stands for."""
    count = AnswerFile.objects.filter(response__in=responses).update(response=None)
    with connection.cursor() as cursor:
        for version in Version.objects.filter(pk__in=responses.values("version")):
            told = {**values, "version": version.pk}
            words = [one.id for one in version.content.questions() if isinstance(one, Text | Contact | File)]
            cursor.execute(
                f"update listening_response r set answers = answers - %(words)s::text[] "
                f"where version_id = %(version)s and {where} and answers ?| %(words)s::text[]",
                {**told, "words": words},
            )
            count += cursor.rowcount
            for question in version.content.questions():
                if isinstance(question, Choice) and question.other:
                    cursor.execute(
                        f"update listening_response r set answers = jsonb_set(answers, array[%(id)s], {_PLAIN}) "
                        f"where version_id = %(version)s and {where} and answers -> %(id)s @? '$.**.other'",
                        {**told, "id": question.id},
                    )
                    count += cursor.rowcount
    return count


KEEPER = Keeper("responses", _("Answers to surveys"), ("listening.Response", "listening.Handling", "listening.AnswerFile"), _count, _export, _erase,
    files=_files)  # fmt: skip


def _count_invitations(subject: Subject) -> int:
    return Invitation.objects.filter(profile__in=subject.profiles).count()


def _export_invitations(subject: Subject) -> Iterator[Section]:
    found = Invitation.objects.filter(profile__in=subject.profiles).order_by("created")
    columns = ("programme__name", "happened", "decided", "because", "channel", "sent", "started", "completed", "opted_out")
    yield Section("invitations to surveys", found.values(*columns).iterator())


def _erase_invitations(taken: Taken) -> int:
    count, _by_model = Invitation.objects.filter(profile__in=taken.profiles).delete()
    return count


INVITATIONS = Keeper(
    "invitations", _("Invitations to surveys"), ("listening.Invitation",), _count_invitations, _export_invitations, _erase_invitations
)
