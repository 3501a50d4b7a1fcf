"""Explore: any metric by any breakdown, as page and as file."""

import pytest

from regard.dashboards.pulse.tests.test_pulse_says_what_is_true import answers, client, title  # noqa: F401
from regard.ledger.models import Touchpoint

pytestmark = pytest.mark.django_db


def test_groups_are_compared_with_the_rest(client, workspace):  # noqa: F811
    answers(workspace, *[10] * 60, channel="store")
    answers(workspace, *[0] * 60, channel="phone")
    page = client.get("/explore/?metric=nps&by=channel").content.decode()
    assert title(page) == "Phone is below store"
    assert "above the rest" in page and "below the rest" in page
    assert "NPS = 100" in page


def test_the_chart_is_painted_with_its_table_beside_it(client, workspace):  # noqa: F811
    answers(workspace, *[10] * 60, channel="store")
    page = client.get("/explore/?metric=nps&by=channel").content.decode()
    assert 'role="img"' in page and "var(--" in page and "<table" in page


def test_the_first_visit_shows_what_there_is_to_compare(client, workspace):  # noqa: F811
    answers(workspace, *[10] * 60, programme="Spring")
    answers(workspace, *[0] * 60, programme="Autumn")
    assert title(client.get("/explore/").content.decode()) == "Autumn is below Spring"
    assert client.get("/explore/csv").content.decode().startswith("programme,value")
    for name in ("Bill", "Shop"):
        Touchpoint.objects.create(workspace=workspace, name=name)
        answers(workspace, *[5 if name == "Shop" else 1] * 60, metric="csat", low=1, high=5, touchpoint=name)
    assert title(client.get("/explore/").content.decode()) == "Bill is below Shop"
    assert title(client.get("/explore/?metric=nps&by=programme").content.decode()) == "Autumn is below Spring"


def test_the_file_holds_what_the_page_shows(client, workspace):  # noqa: F811
    answers(workspace, *[10] * 60, channel="=2+2")
    answer = client.get("/explore/csv?metric=nps&by=channel")
    lines = answer.content.decode().splitlines()
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert lines[0].startswith("channel,value,low,high,n")
    assert lines[1].startswith("'=2+2,100.0")  # a formula is defused


def test_a_question_that_makes_no_sense_is_answered_with_a_sentence(client):  # noqa: F811
    answer = client.get("/explore/?metric=nps&by=colour")
    assert answer.status_code == 400
    assert "is not something to break down by" in answer.content.decode()


def test_filters_are_shown_and_can_be_dropped(client, workspace):  # noqa: F811
    answers(workspace, *[10] * 60, channel="store")
    answers(workspace, *[0] * 60, channel="phone")
    page = client.get("/explore/?metric=nps&by=none&filter=channel&value=store").content.decode()
    assert "channel is store" in page and title(page).startswith("NPS: +100")
