"""What could not be used is listed once, however often the same file or event was sent."""

import pytest

from regard.connectors.files.models import FileImport
from regard.connectors.sources.refused.queries import refused_page
from regard.ledger.refused.models import RefusedItem
from regard.ledger.sources.models import Source, SourceKind
from regard.testing.events import source
from regard.warehouse import Scope

pytestmark = pytest.mark.django_db


def refuse(source, inbox, position, raw):
    from django.utils import timezone

    return RefusedItem.objects.create(
        workspace_id=source.workspace_id, source=source, inbox=inbox, position=position, received=timezone.now(),
        code="off_scale", detail="11 is outside the scale 0 to 10", raw=raw,
    )  # fmt: skip


def uploaded(workspace, sha="a" * 64):
    kept = Source.objects.create(workspace=workspace, kind=SourceKind.FILE, name="survey.csv")
    FileImport.objects.create(workspace=workspace, source=kept, what="answers", name="survey.csv", sha256=sha, by="x")
    return kept


def listed(workspace, **asked):
    page = refused_page(Scope(workspace.pk), **{"code": "", "source": None, "number": "1", **asked})
    return [item.pk for item in page.items], page.total


def test_a_row_of_a_file_that_was_imported_twice_is_listed_once_the_newest(workspace):
    first, second = uploaded(workspace), uploaded(workspace)
    refuse(first, 1, 7, b"11,slow")
    again = refuse(second, 2, 7, b"11,slow")
    other = refuse(second, 2, 8, b"11,slow")
    assert listed(workspace) == ([other.pk, again.pk], 2)
    assert listed(workspace, source=first.pk)[1] == 1


def test_equal_rows_of_different_files_are_both_listed(workspace):
    refuse(uploaded(workspace), 1, 7, b"11,slow")
    refuse(uploaded(workspace, "b" * 64), 2, 7, b"11,slow")
    assert listed(workspace)[1] == 2


def test_an_event_that_was_sent_again_is_listed_once(workspace):
    key = source(workspace)
    refuse(key, 1, 0, b'{"messageId": "m1"}')
    refuse(key, 2, 3, b'{"messageId": "m1"}')
    refuse(key, 2, 4, b'{"messageId": "m2"}')
    assert listed(workspace)[1] == 2
