"""Root causes are a tree: said by their path, found with all that they are made of, retired with it."""

from __future__ import annotations

import pytest
from django.utils import timezone

from regard.care.cases.close import close
from regard.care.cases.models import Case
from regard.care.cases.queries import filtered
from regard.care.cases.tests.made import case
from regard.care.queues.causes import DEEPEST, tree
from regard.care.queues.models import Cause
from regard.testing.people import member, signed_in
from regard.workspace.audit.models import AuditEntry
from regard.workspace.members.rights import Role
from regard.workspace.workspaces.models import Workspace

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_cause_is_part_of_another_as_deep_as_somebody_still_finds_it(workspace: Workspace, ledger: object) -> None:
    client, parent = signed_in(member(workspace, Role.ADMIN)), ""
    for name in ("Bill", "Charged", "Twice", "By the old system", "Too deep"):
        client.post("/settings/cases/causes", {"name": name, "parent": parent})
        parent = str(Cause.objects.latest("pk").pk)
    assert [one.path for one in tree(workspace.pk)][-1] == "Bill / Charged / Twice / By the old system" and Cause.objects.count() == DEEPEST
    made = case(workspace)
    assert "Bill / Charged / Twice</option>" in client.get(f"/cases/{made.number}").content.decode()
    twice, bill = Cause.objects.get(name="Twice"), Cause.objects.get(name="Bill")
    close(made, by="t@x.example", now=timezone.now(), cause=twice, ask=False)
    found = filtered(Case.objects.all(), {"cause": str(bill.pk), "state": "all"}, workspace=workspace.pk, me=0, now=timezone.now())
    assert found.get() == made
    client.post(f"/settings/cases/causes/{Cause.objects.get(name='Charged').pk}/retirement")
    assert [one.path for one in tree(workspace.pk)] == ["Bill"] and Case.objects.get().cause == twice


def test_a_cause_is_renamed_where_it_stands_unless_the_name_is_taken(workspace: Workspace, ledger: object) -> None:
    client = signed_in(member(workspace, Role.ADMIN))
    bill, late = (Cause.objects.create(workspace=workspace, name=name) for name in ("Bill", "Late"))
    part = Cause.objects.create(workspace=workspace, parent=bill, name="Unclear")
    address = f"/settings/cases/causes/{part.pk}"
    assert address in client.get("/settings/cases/").content.decode() and "“Unclear”" in client.get(address).content.decode()
    assert client.post(address, {"name": "Late"}).status_code == 302  # beside it there is none of this name
    assert [one.path for one in tree(workspace.pk)] == ["Bill", "Bill / Late", "Late"]
    (entry,) = AuditEntry.objects.filter(workspace=workspace, action="cause.renamed")
    assert (entry.subject, entry.details) == ("Late", {"was": "Unclear"})
    refused = client.post(f"/settings/cases/causes/{late.pk}", {"name": "bill"}).content.decode()
    assert "There is already a cause of this name" in refused and 'value="bill"' in refused and "“Late”" in refused
    assert client.post(f"/settings/cases/causes/{late.pk}", {"name": "LATE"}).status_code == 302  # its own name is not in its way
