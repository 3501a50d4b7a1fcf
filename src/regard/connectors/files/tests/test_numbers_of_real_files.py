"""From a real file to a number on a page, against a count by hand."""

from datetime import UTC, datetime

import pytest

from regard.connectors.files.begin_import import begin, guess_map
from regard.ledger.inbox.models import InboxRow
from regard.ledger.record.project import project_all
from regard.metrics.query import read_query
from regard.metrics.run import run
from regard.warehouse import Scope
from regard.workspace.workspaces.models import Workspace

pytestmark = pytest.mark.django_db


@pytest.fixture
def brought_in(ledger, data):
    """Imports a real file with its guessed map; returns a function that asks for numbers."""

    def bring(name, what):
        workspace = Workspace.found(name="Files")
        path = data(name)
        import_map = guess_map(path, what=what, workspace=workspace)
        assert import_map.reading.questions == ()
        begin(path, import_map, workspace=workspace, actor="ann@example.org")
        project_all()

        def ask(metric, **parameters):
            query = read_query(metric=metric, today=datetime.now(UTC).date(), **parameters)
            return run(query, Scope(workspace.pk), workspace)

        return ask

    return bring


def test_csat_per_touchpoint_of_the_airline_equals_a_count_by_hand(brought_in, data):
    ask = brought_in("airline_satisfaction/Invistico_Airline.csv", "answers")
    with data("airline_satisfaction/Invistico_Airline.csv").open(encoding="utf-8") as file:
        names = file.readline().strip().split(",")
        lines = [line for line in (text.strip().split(",") for text in file) if len(line) == len(names)]
    by_hand = {"Overall satisfaction": 100 * sum(line[0] == "satisfied" for line in lines) / len(lines)}
    for place in range(names.index("Seat comfort"), names.index("Online boarding") + 1):
        scores = [int(line[place]) for line in lines if line[place] != "0"]
        by_hand[names[place]] = 100 * sum(score >= 4 for score in scores) / len(scores)
    found = {row.label: row.value for row in ask("csat", by="touchpoint").rows}
    assert len(by_hand) == 15
    assert found == by_hand
    told = InboxRow.objects.values_list("items", "accepted", "refused", "repeated")
    assert [sum(numbers) for numbers in zip(*told, strict=True)] == [37_957, 37_956, 1, 0]


def test_tweets_are_counted_by_airline_and_purchases_by_their_number(brought_in, data):
    ask = brought_in("airline_tweets/Tweets.csv", "answers")
    found = {row.label: row.n for row in ask("answers", by="unit", first="2015-01-01", last="2015-12-31").rows}
    assert found["United"] == 3822
    assert sum(found.values()) == 14_640


def test_every_purchase_is_an_interaction_even_where_rows_repeat(brought_in):
    ask = brought_in("cdnow/CDNOW_sample.txt", "interactions")
    assert ask("interactions", first="1997-01-01", last="1998-12-31").total.n == 6919


def test_the_help_desk_is_interactions_by_activity(brought_in):
    ask = brought_in("helpdesk/helpdesk.csv", "interactions")
    found = {
        row.label: row.n for row in ask("interactions", by="touchpoint", first="2010-01-01", last="2015-01-01").rows
    }
    assert sum(found.values()) == 13_710
    assert found["Activity 1"] > 3000
