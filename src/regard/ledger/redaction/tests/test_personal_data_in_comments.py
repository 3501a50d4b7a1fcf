import json

import pytest

from regard.ledger.inbox.body import unpacked
from regard.ledger.inbox.models import InboxRow
from regard.ledger.inbox.put import put_rows
from regard.ledger.record.correct import replay
from regard.ledger.record.project import project_all
from regard.ledger.redaction.found import redacted, spans
from regard.ledger.redaction.queries import comments_with_personal_data
from regard.ledger.redaction.redact import redact
from regard.ledger.sources.models import Source, SourceKind
from regard.warehouse.scope import Scope


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Write to ines.moreau@example.org please", ["email"]),
        ("Call me: 06 12 34 56 78 or +33 (0)6 12 34 56 78.", ["phone", "phone"]),
        ("My card 4111 1111 1111 1111 was charged twice", ["card"]),
        ("Order 4111 1111 1111 1112 never came", []),
        ("Refund to DE89 3704 0044 0532 0130 00", ["iban"]),
        ("DE00 3704 0044 0532 0130 00 is no account", []),
        ("I waited 45 minutes on 2026-11-02, case 1234567", []),
        ("It costs 19.90 and 2,500 people said so", []),
    ],
)
def test_what_is_personal_is_found_and_what_is_not_is_left(text, kinds):
    assert [span.kind for span in spans(text)] == kinds


def test_the_rest_of_the_comment_stays():
    assert redacted("Call 06 12 34 56 78 after six") == "Call [number removed] after six"
    assert redacted("Nothing here") == "Nothing here"


def said(id, text, user="u1"):
    return {
        "kind": "answer", "message_id": id, "at": "2026-11-02T10:00:00+00:00", "metric": "nps", "scale_low": 0, "scale_high": 10,
        "score": 3, "text": text, "user_id": user,
    }  # fmt: skip


def test_it_goes_from_the_ledger_and_from_what_the_ledger_is_made_of(workspace, ledger):
    source = Source.objects.create(workspace=workspace, kind=SourceKind.PRODUCT, name="Surveys")
    rows = [said("a", "Mail me at ines@example.org, slow"), said("b", "Fine"), said("c", "Card 4111 1111 1111 1111!")]
    put_rows(workspace=workspace.pk, source=source.pk, rows=rows)
    project_all()
    scope = Scope(workspace.pk)
    found, following = comments_with_personal_data(scope)
    assert (len(found), following) == (2, "")
    assert redact(scope, [one.id for one in found], by="dpo@halcyon.example") == 2
    texts = {text for (text,) in ledger.unscoped("select text from ledger")}
    assert texts == {"Mail me at [e-mail removed], slow", "Fine", "Card [card number removed]!"}
    (row,) = InboxRow.objects.all()
    assert {one["text"] for one in json.loads(unpacked(row.body, row.size))} == texts
    replay(workspace.pk, [row.pk])
    project_all()
    assert {text for (text,) in ledger.unscoped("select text from ledger")} == texts


def test_comments_of_other_units_and_workspaces_are_not_touched(workspace, ledger):
    source = Source.objects.create(workspace=workspace, kind=SourceKind.PRODUCT, name="Surveys")
    put_rows(workspace=workspace.pk, source=source.pk, rows=[said("a", "Mail me at ines@example.org")])
    project_all()
    ((id,),) = ledger.unscoped("select concat(hex(id), '-', toString(part)) from ledger")
    for scope in (Scope(workspace.pk + 1), Scope(workspace.pk, (999_999,))):
        assert comments_with_personal_data(scope) == ([], "")
        assert redact(scope, [id], by="somebody") == 0
    assert ledger.unscoped("select text from ledger") == [("Mail me at ines@example.org",)]
