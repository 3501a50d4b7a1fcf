from __future__ import annotations

from dataclasses import dataclass

from django.core.paginator import Page, Paginator

from regard.workspace.audit.models import AuditEntry

PER_PAGE = 50


@dataclass(frozen=True)
class AuditPage:
    """One page of the log. `broken` is None until the chain was checked and holds; else the first wrong
    entry.
    """

    entries: Page[AuditEntry]
    checked: bool
    broken: int | None


def audit_page(workspace: int, *, number: str, check: bool) -> AuditPage:
    entries = Paginator(AuditEntry.objects.filter(workspace_id=workspace), PER_PAGE).get_page(number)
    return AuditPage(entries, check, AuditEntry.first_broken(workspace) if check else None)
