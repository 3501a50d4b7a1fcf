import pytest

from regard.listening.surveys.models import Survey
from regard.listening.surveys.starts import starts
from regard.listening.widgets.models import Widget
from regard.listening.widgets.targeting import Targeting


def published(workspace, content, name="After a call"):
    survey = Survey(workspace=workspace, name=name, colour="#7a1f5c")
    survey.keep(content, by="ana@x.example")
    survey.publish(by="ana@x.example")
    return survey


@pytest.fixture
def widget(workspace, ledger):
    made = Widget(survey=published(workspace, starts()["after_contact"][1]), name="Shop", unit=workspace.root)
    made.keep(Targeting(), by="ana@x.example")
    return made
