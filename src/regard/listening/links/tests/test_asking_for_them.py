"""A member types in what a customer says: it is the customer's answer, from the member's unit, and counts as asking them."""

from __future__ import annotations

import pytest
from django.test import Client

from regard.customers.contact.log.models import ContactMade
from regard.customers.contact.purposes.seed import fill
from regard.customers.people.models import Profile
from regard.listening.links.known import Known, link_for
from regard.listening.links.models import Link
from regard.listening.programmes.tests.made import survey
from regard.listening.responses.models import Response
from regard.testing.people import member, signed_in
from regard.workspace.members.rights import Role
from regard.workspace.models import Unit
from regard.workspace.workspaces.models import Workspace

pytestmark = pytest.mark.django_db(transaction=True)
SENT = {"asked": ["effort", "why"], "effort": "6", "why": "She said so", "key": "k" * 30}


def test_an_agent_asks_somebody_on_the_phone(workspace: Workspace, ledger: object) -> None:
    fill(workspace.pk, actor="t")
    store = Unit.objects.create(workspace=workspace, parent=workspace.root, name="Lyon")
    ana = Profile.objects.create(workspace=workspace, name="Ana", home_unit=store)
    asked = survey(workspace)
    agent = signed_in(member(workspace, Role.AGENT, at=store))
    assert "Ask them now" in agent.get(f"/programmes/of/{ana.pk}").content.decode()
    for _ in range(2):
        where = agent.post(f"/surveys/asking/{ana.pk}", {"survey": str(asked.pk)})["Location"]
    assert Link.objects.count() == 1
    page = agent.get(where).content.decode()
    assert page.count("for=") > 2 and "Ana" not in page  # where it is sent, and in every language
    agent.post(where, SENT)
    one = Response.objects.get()
    assert (one.profile_id, one.channel, one.unit_id, one.completed is not None) == (ana.pk, "phone", store.pk, True)
    assert {(made.what, made.channel) for made in ContactMade.objects.all()} == {("contact", "phone"), ("answer", "phone")}


def test_nobody_answers_for_another(workspace: Workspace, client: Client) -> None:
    ana = Profile.objects.create(workspace=workspace, name="Ana")
    first, second = (Link.objects.create(survey=survey(workspace, start), name=start) for start in ("after_contact", "relationship"))
    good = link_for(first, Known(ana.pk, None))
    assert client.get(good).status_code == 200
    elsewhere = f"{second.path}?{good.partition('?')[2]}"
    for spoilt in (f"{good}x", f"{first.path}?for=", elsewhere):
        assert client.get(spoilt).status_code == 404 and client.post(spoilt, SENT).status_code == 404
    assert not Response.objects.exists()
    viewer = signed_in(member(workspace, Role.VIEWER))
    assert viewer.post(f"/surveys/asking/{ana.pk}", {"survey": "1"}).status_code == 403
