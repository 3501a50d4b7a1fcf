"""What somebody was given is told them, and is nobody's when they are gone; what it cost still counts."""

from __future__ import annotations

import json

import pytest
from django.utils import timezone

from regard.care.cases.tests.made import customer
from regard.customers.privacy.erase import ask, carry_out
from regard.customers.privacy.registry import Subject
from regard.loyalty.offers.give import NotGiven, give_one
from regard.loyalty.offers.models import Grant
from regard.loyalty.offers.tests.made import offer
from regard.loyalty.privacy import KEEPER
from regard.workspace.workspaces.models import Workspace

pytestmark = pytest.mark.django_db


def test_of_somebody_erased_a_grant_stays_as_one_of_nobody(workspace: Workspace, ledger: object) -> None:
    ines, omar, now = customer(workspace), customer(workspace, "omar@mail.example"), timezone.now()
    made = offer(workspace, "A1", "B2", budget=40)
    give_one(made, ines, why="late", by="t", now=now)
    give_one(made, omar, why="as for ines@mail.example", by="t", now=now)
    subject = Subject(workspace.pk, ines, (ines,), ())
    (told,) = KEEPER.export(subject)
    assert KEEPER.count(subject) == 1 and [row["code"] for row in told.rows] == ["A1"]
    carry_out(ask(workspace.pk, [ines], by="dpo@x.example"), now=now)
    gone, kept = Grant.objects.order_by("pk")
    assert (gone.profile, gone.code, gone.why, gone.cost) == (None, "", "", 20) and "ines@mail.example" not in kept.why
    assert "A1" not in json.dumps(list(Grant.objects.values_list("code", flat=True)))
    with pytest.raises(NotGiven, match="budget"):
        give_one(made, customer(workspace, "lena@mail.example"), why="", by="t", now=now)
