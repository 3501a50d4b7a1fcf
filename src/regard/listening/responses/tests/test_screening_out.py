"""Somebody who is none of those asked for is told so at once, and counted nowhere but on the board."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from regard.ledger.record.project import project_all
from regard.listening.invitations.links import link_of
from regard.listening.invitations.models import Invitation
from regard.listening.programmes.jobs import decide_all
from regard.listening.programmes.queries import funnels
from regard.listening.programmes.tests.made import call, follow, programme
from regard.listening.responses.models import Response
from regard.listening.surveys.definition import BadSurvey, read
from regard.listening.surveys.models import Survey
from regard.listening.surveys.walk import walk
from regard.warehouse import warehouse
from regard.warehouse.scope import Scope
from regard.workspace.workspaces.models import Workspace

pytestmark = pytest.mark.django_db(transaction=True)
MINE = {"question": "mine", "op": "is", "value": "no"}
SCREENING = {
    "languages": ["en"], "title": {"en": "Your visit"},
    "pages": [
        {"questions": [{"id": "mine", "kind": "choice", "text": {"en": "Were you there?"}, "required": True,
                        "options": [{"id": "yes", "text": {"en": "Yes"}}, {"id": "no", "text": {"en": "No"}}]}]},
        {"questions": [{"id": "score", "kind": "csat", "text": {"en": "How was it?"}}]},
    ],
    "thanks": [{"text": {"en": "Then this is not for you."}, "show": MINE, "screens": True}, {"text": {"en": "Thank you."}}],
}  # fmt: skip


@pytest.fixture
def invited(workspace: Workspace, ledger: object) -> Invitation:
    made = Survey(workspace=workspace, name="Visits", draft={})
    made.keep(read(SCREENING), by="t")
    made.publish(by="t")
    programme(workspace, survey=made)
    call(workspace, "ana")
    follow()
    decide_all(now=timezone.now(), seconds=5)
    Invitation.objects.update(sent=timezone.now())
    return Invitation.objects.get()


def answered(client: Client, invitation: Invitation, said: str) -> str:
    path = link_of(invitation.pk).partition("//")[2].partition("/")[2]
    return client.post(f"/{path}", {"asked": "mine", "mine": said, "key": "k" * 30}, follow=True).content.decode()


def test_it_ends_with_the_answer_that_says_so(client: Client, workspace: Workspace, invited: Invitation) -> None:
    assert "Then this is not for you." in answered(client, invited, "no")
    one = Response.objects.get()
    assert one.screened and one.completed and one.inbox is None
    project_all()
    assert warehouse().select(Scope(workspace.pk), "select count() from ledger where $scope and kind = 'answer'") == [(0,)]
    told = funnels(Scope(workspace.pk), [invited.programme_id], now=timezone.now())[invited.programme_id]
    assert (told.started, told.completed, told.partial, told.screened, told.completion_rate) == (1, 0, 0, 1, None)


def test_others_go_on(client: Client, workspace: Workspace, invited: Invitation) -> None:
    assert "How was it?" in answered(client, invited, "yes")
    assert not Response.objects.get().screened


def test_robots_find_both_ends_and_a_screen_needs_a_condition() -> None:
    assert walk(read(SCREENING)).unthanked == 0
    with pytest.raises(BadSurvey, match="by a condition"):
        read({**SCREENING, "thanks": [{"text": {"en": "No."}, "screens": True}]})
