import msgspec
import pytest

from regard.connectors.files.begin_import import begin, carry_out, guess_map, upload
from regard.connectors.files.import_map import ImportMapError
from regard.connectors.files.models import FileImport, ImportRefused
from regard.connectors.files.reading import UnreadableFile
from regard.connectors.files.upload import folder
from regard.ledger.inbox.models import InboxRow
from regard.ledger.record.project import project_all
from regard.ledger.refused.models import RefusedItem
from regard.ledger.touchpoints.models import Touchpoint
from regard.workspace.workspaces.models import Workspace

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_uploads")]

ROWS = "id,date,score,comment,touchpoint\n" + "".join(
    f"r{i},2026-03-{i % 28 + 1:02d},{i % 11},Said {i} words here,{'Bill' if i % 2 else 'Support call'}\n"
    for i in range(200)
)


@pytest.fixture
def workspace(ledger):
    return Workspace.found(name="Files")


def told(found):
    return [
        sum(values)
        for values in zip(
            *InboxRow.objects.filter(source=found.source).values_list("items", "accepted", "refused", "repeated"),
            strict=True,
        )
    ]


@pytest.fixture
def file(write):
    return write(ROWS, "survey.csv")


def scored(path, workspace):
    import_map = guess_map(path, what="answers", workspace=workspace)
    for column in import_map.columns:
        if column.column == "score":
            column.becomes, column.metric, column.scale, column.not_applicable = "score", "nps", None, []
        if column.column == "comment":
            column.becomes, column.of = "text", "score"
    return import_map


def test_every_row_of_a_file_reaches_the_ledger_at_its_touchpoint(file, workspace):
    found = begin(file, scored(file, workspace), workspace=workspace, actor="ann@example.org")
    project_all()
    assert told(found) == [200, 200, 0, 0]
    assert set(Touchpoint.objects.filter(workspace=workspace).values_list("name", flat=True)) >= {
        "Bill",
        "Support call",
    }


def test_importing_a_file_twice_changes_nothing(file, workspace):
    begin(file, scored(file, workspace), workspace=workspace, actor="ann@example.org")
    again = begin(file, scored(file, workspace), workspace=workspace, actor="ann@example.org")
    project_all()
    assert told(again) == [200, 0, 0, 200]


def test_an_import_cut_short_goes_on_where_it_was(file, workspace, monkeypatch):
    monkeypatch.setattr("regard.connectors.files.begin_import.CHUNK", 60)
    found = begin(file, scored(file, workspace), workspace=workspace, actor="ann@example.org")
    InboxRow.objects.filter(source=found.source).order_by("-id")[0].delete()
    found.durable = None
    found.save()
    carry_out(found, path=file)
    assert InboxRow.objects.filter(source=found.source).count() == 4
    project_all()
    assert told(found) == [200, 200, 0, 0]


def test_an_undone_import_leaves_nothing_and_can_be_made_again(file, workspace):
    found = begin(file, scored(file, workspace), workspace=workspace, actor="ann@example.org")
    project_all()
    found.undo(by="ann@example.org")
    project_all()
    assert not InboxRow.objects.filter(source=found.source).exists()
    again = begin(file, scored(file, workspace), workspace=workspace, actor="ann@example.org")
    project_all()
    assert told(again) == [200, 200, 0, 0]
    with pytest.raises(ImportRefused):
        found.undo(by="ann@example.org")


def test_a_better_map_reads_the_same_rows_again_without_the_file(file, workspace):
    import_map = scored(file, workspace)
    score = next(c for c in import_map.columns if c.column == "score")
    score.metric, score.scale = "csat", (1, 5)
    found = begin(file, import_map, workspace=workspace, actor="ann@example.org")
    project_all()
    items, _, refused, _ = told(found)
    assert (items, refused > 50) == (200, True)
    assert RefusedItem.objects.filter(source=found.source).count() == refused
    file.unlink()
    score.metric, score.scale = "nps", (0, 10)
    found.redo(import_map, by="ann@example.org")
    project_all()
    assert told(found) == [200, 200, 0, 0]
    assert not RefusedItem.objects.filter(source=found.source).exists()


def test_a_redo_that_would_split_the_cells_anew_is_refused(file, workspace):
    import_map = scored(file, workspace)
    found = begin(file, import_map, workspace=workspace, actor="ann@example.org")
    import_map.reading = msgspec.structs.replace(import_map.reading, separator=";")
    with pytest.raises(ImportRefused, match="split already"):
        found.redo(import_map, by="ann@example.org")


def test_a_map_that_names_a_missing_column_takes_nothing_in(file, workspace):
    import_map = scored(file, workspace)
    import_map.columns[0].column = "identity"
    with pytest.raises(ImportMapError, match="identity"):
        begin(file, import_map, workspace=workspace, actor="ann@example.org")
    assert not FileImport.objects.exists()
    assert not InboxRow.objects.exists()


def test_an_upload_is_private_and_goes_once_its_rows_are_durable(workspace):
    found = upload([ROWS.encode()], name="survey.csv", what="answers", workspace=workspace, actor="ann@example.org")
    assert found.path.stat().st_mode & 0o077 == 0
    assert folder().stat().st_mode & 0o077 == 0
    found.keep_map(scored(found.path, workspace))
    carry_out(found)
    assert found.durable
    assert list(folder().iterdir()) == []


def test_an_upload_that_is_no_table_leaves_no_file_behind(workspace):
    with pytest.raises(UnreadableFile, match=r"report.csv is a PDF"):
        upload([b"%PDF-1.7 and so on"], name="report.csv", what="answers", workspace=workspace, actor="a")
    assert list(folder().iterdir()) == []
