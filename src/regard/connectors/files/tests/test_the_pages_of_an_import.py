import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from regard.connectors.files.begin_import import carry_out
from regard.connectors.files.models import FileImport
from regard.ledger.inbox.models import InboxRow
from regard.ledger.record.project import project_all
from regard.workspace.members.models import Member, User
from regard.workspace.workspaces.models import Workspace

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_uploads")]

ROWS = "date,nps,comment\n" + "".join(f"2026-03-{i % 28 + 1:02d},{i % 12},Said <{i}> in words\n" for i in range(120))


@pytest.fixture
def signed_in(ledger, client, monkeypatch, settings):
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    monkeypatch.setattr("regard.connectors.files.map_views.carry_out_import.defer", lambda pk: None)
    workspace = Workspace.found(name="Files")
    user = User.objects.create_user("ann@example.org", "a long enough password")
    member = Member.objects.create(workspace=workspace, user=user, role="analyst")
    member.units.add(workspace.root)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def send(client, content=ROWS, name="survey.csv"):
    file = SimpleUploadedFile(name, content if isinstance(content, bytes) else content.encode())
    return client.post("/imports/new", {"what": "answers", "file": file}, follow=True)


def test_an_upload_shows_its_columns_and_what_they_become(signed_in):
    page = send(signed_in)
    assert page.status_code == 200
    assert b"1 score column found" in page.content
    assert b"Said &lt;0&gt; in words" in page.content
    assert not InboxRow.objects.exists()


def test_a_pdf_is_refused_on_the_page_with_one_sentence(signed_in):
    page = send(signed_in, b"%PDF-1.4 ...", "survey.csv")
    assert b"survey.csv is a PDF document, not a table." in page.content
    assert not FileImport.objects.exists()


def test_the_first_rows_can_be_tried_without_keeping_anything(signed_in):
    send(signed_in)
    found = FileImport.objects.get()
    page = signed_in.post(f"/imports/{found.pk}/map", {"act": "try"})
    assert b"92 of the first 100 rows can be used" in page.content
    assert b"is outside the scale 0 to 10" in page.content
    assert not InboxRow.objects.exists()


def test_an_import_runs_reports_and_gives_its_refused_rows_back(signed_in):
    send(signed_in)
    found = FileImport.objects.get()
    page = signed_in.post(f"/imports/{found.pk}/map", {"act": "import"}, follow=True)
    assert b"is coming in" in page.content
    assert b"hx-get" in page.content
    assert b"Undo" not in page.content and b"Change the map" not in page.content
    found.refresh_from_db()
    carry_out(found)
    page = signed_in.get(f"/imports/{found.pk}")
    assert b"Undo" not in page.content  # its rows are stored, and not yet all in the ledger
    project_all()
    page = signed_in.get(f"/imports/{found.pk}")
    assert b"Undo" in page.content and b"Change the map" in page.content
    assert b"is in; 10 rows could not be used" in page.content
    assert b"hx-get" not in page.content
    refused = b"".join(signed_in.get(f"/imports/{found.pk}/refused.csv").streaming_content).decode("utf-8-sig")
    assert len(refused.strip().splitlines()) == 11
    assert "off_scale" in refused


def test_an_import_is_undone_after_asking(signed_in):
    send(signed_in)
    found = FileImport.objects.get()
    signed_in.post(f"/imports/{found.pk}/map", {"act": "import"})
    found.refresh_from_db()
    carry_out(found)
    project_all()
    assert b"110 rows that came from it leave the ledger" in signed_in.get(f"/imports/{found.pk}/undoing").content
    page = signed_in.post(f"/imports/{found.pk}/undoing", follow=True)
    assert b"was taken back" in page.content
    project_all()
    assert not InboxRow.objects.exists()


def test_a_changed_map_reads_the_rows_again(signed_in):
    send(signed_in)
    found = FileImport.objects.get()
    signed_in.post(f"/imports/{found.pk}/map", {"act": "import"})
    found.refresh_from_db()
    carry_out(found)
    project_all()
    place = next(i for i, c in enumerate(found.import_map.columns) if c.becomes == "score")
    changes = {f"na-{place}": "11", "act": "import"}
    page = signed_in.post(f"/imports/{found.pk}/map", changes, follow=True)
    assert b"is being read again with the new map" in page.content
    project_all()
    row = InboxRow.objects.get()
    assert (row.accepted, row.refused) == (120, 0)  # the comment of an 11 still stands


def test_open_questions_are_asked_before_anything_is_imported(signed_in):
    send(signed_in, "date,nps,comment\n01/02/2026,9,Good and quick\n03/04/2026,2,Bad and slow\n")
    found = FileImport.objects.get()
    page = signed_in.post(f"/imports/{found.pk}/map", {"act": "import"})
    assert b"may be day-first or month-first" in page.content
    found.refresh_from_db()
    assert found.begun is None
    signed_in.post(f"/imports/{found.pk}/map/answers", {"reading-date_order": "mdy"})
    found.refresh_from_db()
    assert found.import_map.reading.questions == ()
    assert found.import_map.reading.date_order == "mdy"


def test_a_map_can_be_written_as_text_and_faults_are_told(signed_in):
    send(signed_in)
    found = FileImport.objects.get()
    page = signed_in.post(f"/imports/{found.pk}/map/text", {"map": found.map_text.replace("score", "scroe")})
    assert b"The map cannot be used" in page.content
    assert b"scroe" in page.content


def test_the_list_shows_the_imports_of_this_workspace_alone(signed_in):
    send(signed_in)
    other = Workspace.found(name="Other")
    hidden = FileImport.objects.create(workspace=other, what="answers", name="secret.csv", by="bob@example.org")
    page = signed_in.get("/imports/")
    assert b"survey.csv" in page.content
    assert b"secret.csv" not in page.content
    for address in ("", "/map", "/undoing", "/refused.csv", "/progress"):
        assert signed_in.get(f"/imports/{hidden.pk}{address}").status_code == 404
