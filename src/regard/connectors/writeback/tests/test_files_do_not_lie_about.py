"""Files go after the days that their destination says; what else lies in the folder stays."""

from datetime import timedelta

import pytest
from django.utils import timezone

from regard.connectors.writeback import jobs
from regard.connectors.writeback.folder import folder_of
from regard.connectors.writeback.models import Batch, Destination
from regard.connectors.writeback.tests.conftest import OWNER, people, send
from regard.connectors.writeback.tidy import delete_old_files
from regard.customers.privacy.erase import ask, carry_out
from regard.testing.people import member, recently, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def files(workspace, ledger, queue):
    made = Destination(workspace=workspace, name="Files", kind="csv", owner=OWNER, identifiers=["email"], on=True)
    made.keep(by=OWNER)
    return made


def lying(files):
    return sorted(one.name for one in folder_of(files).iterdir())


def age(span):
    return delete_old_files(now=timezone.now() + span)


def test_a_file_goes_after_30_days_or_as_many_as_were_set(workspace, files, queue):
    people(workspace, 1)
    send(files, queue)
    (folder_of(files) / "notes.csv").write_text("mine")
    assert age(timedelta(days=29, hours=23)) == 0 and len(lying(files)) == 2
    files.keep_days = 90
    files.save()
    assert age(timedelta(days=31)) == 0
    assert age(timedelta(days=91)) == 1 and lying(files) == ["notes.csv"]


def test_the_nightly_job_does_it(workspace, files, queue):
    people(workspace, 1)
    send(files, queue)
    (old,) = folder_of(files).iterdir()
    old.rename(old.with_name("20250101T000000" + old.name[15:]))
    jobs.forget_old.func(0)
    assert lying(files) == []


def test_taking_out_a_line_makes_a_file_no_younger_and_what_tells_of_it_goes_in_its_turn(workspace, files, queue):
    one, _two = people(workspace, 2)
    send(files, queue)
    carry_out(ask(workspace.pk, [one.pk], by=OWNER))
    jobs.take_up(now=timezone.now())
    queue()
    assert sorted(name.count("-erased") for name in lying(files)) == [0, 1]
    Batch.objects.all().delete()
    assert age(timedelta(days=31)) == 2 and lying(files) == []


def test_half_a_file_goes_after_a_day_and_a_removed_destination_s_folder_when_it_is_empty(workspace, files, queue):
    people(workspace, 1)
    send(files, queue)
    folder = folder_of(files)
    (whole,) = folder.iterdir()
    whole.with_suffix(".part").write_text("half")
    assert age(timedelta(hours=25)) == 1 and lying(files) == [whole.name]
    files.keep_days = 900
    files.save()
    files.remove(by=OWNER)
    assert age(timedelta(days=29)) == 0 and folder.exists()
    assert age(timedelta(days=31)) == 1 and not folder.exists()


def test_without_any_export_there_is_nothing_to_do(ledger):
    assert age(timedelta(days=400)) == 0


def test_the_days_are_set_on_the_form_of_files_only(workspace, files, destination):
    owner = recently(signed_in(member(workspace)))
    page = owner.get(f"/writeback/{files.pk}/settings").content.decode()
    assert 'name="keep_days"' in page and 'value="30"' in page
    form = {"name": "Files", "identifiers": ["email"], "every": "daily", "keep_days": "7"}
    owner.post(f"/writeback/{files.pk}/settings", form)
    files.refresh_from_db()
    assert files.keep_days == 7 and "7 days" in owner.get(f"/writeback/{files.pk}").content.decode()
    for wrong in ("0", "5000", "", "x"):
        assert owner.post(f"/writeback/{files.pk}/settings", {**form, "keep_days": wrong}).status_code == 200
    assert 'name="keep_days"' not in owner.get(f"/writeback/{destination.pk}/settings").content.decode()
