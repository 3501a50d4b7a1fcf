"""Complaints for tests."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone

from regard.care.cases.tests.made import case
from regard.care.complaints.complain import Filing, complain
from regard.care.complaints.models import Assessment, Complaint
from regard.care.complaints.work import assess, rule_on
from regard.workspace.workspaces.models import Workspace


def complaint(workspace: Workspace, *, now: datetime | None = None, filing: Filing | None = None, **more: Any) -> Complaint:
    """By phone, about a router, unless said otherwise."""
    at = now or timezone.now()
    return complain(case(workspace, now=at, **more), filing or Filing(via="phone", received=at), by="t@x.example", now=at)


def decided(one: Complaint, *, ruling: str = "upheld", now: datetime | None = None) -> Complaint:
    at = now or timezone.now()
    assess(one, Assessment(severity=2), by="t@x.example", now=at)
    rule_on(one, ruling, "The bill was wrong.", by="t@x.example", now=at)
    return Complaint.objects.get(pk=one.pk)
