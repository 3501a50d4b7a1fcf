"""A new queue can be saved as its form comes, but for the name."""

from __future__ import annotations

import pytest

from regard.care.queues.models import Queue
from regard.testing.people import member, signed_in
from regard.workspace.members.rights import Role
from regard.workspace.workspaces.models import Workspace

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_form_of_a_new_queue_is_saved_untouched_but_for_its_name(workspace: Workspace, ledger: object) -> None:
    client = signed_in(member(workspace, Role.ADMIN))
    page = client.get("/settings/cases/new")
    assert "object at 0x" not in page.content.decode()
    sent = {one.html_name: one.value() for one in page.context["form"] if one.value() not in (None, False)}
    assert client.post("/settings/cases/new", {**sent, "name": "Refunds"}).status_code == 302
    made = Queue.objects.get(name="Refunds")
    assert (made.value_trait, made.raises_lowest, made.asks_customer) == ("", False, True)
