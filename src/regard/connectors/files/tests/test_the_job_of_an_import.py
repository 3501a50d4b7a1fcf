import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from regard.connectors.files.begin_import import upload
from regard.connectors.files.jobs import carry_out_import
from regard.connectors.files.models import FileImport
from regard.ledger.inbox.models import InboxRow
from regard.workspace.workspaces.models import Workspace

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_uploads")]


@pytest.fixture
def sent(ledger):
    rows = "date,nps\n" + "2026-03-01,9\n" * 30
    workspace = Workspace.found(name="Files")
    return upload([rows.encode()], name="survey.csv", what="answers", workspace=workspace, actor="ann@example.org")


def test_an_import_is_queued_with_its_number(sent):
    carry_out_import.defer(pk=sent.pk)
    job = ProcrastinateJob.objects.get(task_name="connectors.files.carry_out")
    assert job.args == {"pk": sent.pk}


def test_the_job_done_twice_takes_the_file_in_once(sent):
    carry_out_import.func(pk=sent.pk)
    carry_out_import.func(pk=sent.pk)
    assert [row.items for row in InboxRow.objects.all()] == [30]


def test_a_file_that_breaks_off_takes_nothing_in_and_says_so(sent):
    sent.path.write_bytes(b"%PDF now")
    sent.map_text = sent.map_text.replace("kind: delimited", "kind: parquet")
    sent.map_text = sent.map_text.replace("reading:\n", "reading:\n  kind: parquet\n")
    sent.save()
    carry_out_import.func(pk=sent.pk)
    found = FileImport.objects.get()
    assert found.failed == "survey.csv is a damaged or truncated Parquet file."
    assert (found.begun, found.durable) == (None, None)
    assert not InboxRow.objects.exists()


def test_a_job_for_an_import_that_is_gone_does_nothing(ledger):
    carry_out_import.func(pk=12345)
    assert not InboxRow.objects.exists()
