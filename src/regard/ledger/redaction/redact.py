"""Taking personal data out of comments: in the ledger, and in the inbox from which the ledger could be made again."""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.db import connection

from regard.ledger.inbox.body import packed, unpacked
from regard.ledger.inbox.strike import BODIES
from regard.ledger.record.erase import reword
from regard.ledger.redaction.found import redacted, removed, spans
from regard.ledger.redaction.queries import Written, texts_of
from regard.warehouse.scope import Scope
from regard.workspace.audit.models import AuditEntry


def redact(scope: Scope, ids: Sequence[str], *, by: str) -> int:
    """Returns how many comments were changed. The projector must pause meanwhile."""
    found = [one for one in texts_of(scope, list(ids)) if spans(one.text)]
    if not found:
        return 0
    for inbox in {one.inbox for one in found if one.inbox}:
        _in_the_inbox(inbox, [one for one in found if one.inbox == inbox])
    reword(scope.workspace, {one.id: redacted(one.text) for one in found})
    AuditEntry.write(scope.workspace, actor=by, action="comments.redacted", subject=f"{len(found)} comments")
    return len(found)


def _in_the_inbox(inbox: int, found: Sequence[Written]) -> None:
    words = {one.text[span.start : span.end]: removed(span.kind) for one in found for span in spans(one.text)}
    pattern = re.compile("|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)))
    with connection.cursor() as cursor:
        cursor.execute("select form, size, body from ledger_inboxrow where id = %s", [inbox])
        row = cursor.fetchone()
        if row is None:
            return
        form, size, body = row
        changed = BODIES[form].strike(
            unpacked(body, size), (), lambda text: pattern.sub(lambda one: words[one[0]], text)
        )
        cursor.execute(
            "update ledger_inboxrow set body = %s, size = %s where id = %s", [packed(changed), len(changed), inbox]
        )
