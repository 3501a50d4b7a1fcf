"""Answers that somebody typed may name them, and belong to nobody who is known: their names go out of them, the scores stay."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection
from django.utils.translation import gettext_lazy as _

from regard.customers.privacy.registry import Keeper, Section, Subject, Taken
from regard.ledger.inbox.strike import GONE

_STRIKE = """
update listening_response set answers = regexp_replace(answers::text, %(needles)s, %(gone)s, 'gi')::jsonb
where workspace_id = %(workspace)s and answers::text ~* %(needles)s
"""


def _nothing(subject: Subject) -> int:
    """Whose an anonymous answer is cannot be told; what is in the ledger is given out there."""
    return 0


def _no_sections(subject: Subject) -> Iterator[Section]:
    return iter(())


def _erase(taken: Taken) -> int:
    if not taken.needles.plain:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(_STRIKE, {"needles": taken.needles.postgres, "gone": GONE, "workspace": taken.workspace})
        return int(cursor.rowcount)


KEEPER = Keeper("responses", _("Names in answers to surveys"), ("listening.Response",), _nothing, _no_sections, _erase)
