"""The first visit: the owner and their workspace, once."""

from __future__ import annotations

from django.db import connection, transaction

from regard.jobs.models import publish
from regard.workspace.audit.models import AuditEntry
from regard.workspace.members.models import Member, User
from regard.workspace.members.rights import Role
from regard.workspace.workspaces.models import Workspace

NAME = "default"
FOUNDED = "workspace.founded"
_LOCK = 7202


class AlreadyFounded(ValueError):
    """Someone was quicker: this Regard has its owner."""


@transaction.atomic
def found(*, name: str, email: str, password: str, industry: str, time_zone: str) -> User:
    """Make the owner and the workspace `default`. Of two visitors at the same moment one gets
    AlreadyFounded.
    """
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [_LOCK])
    if User.objects.exists():
        raise AlreadyFounded
    workspace = Workspace.objects.filter(name=NAME).first()
    if workspace is None:
        workspace = Workspace.found(name=NAME, industry=industry, time_zone=time_zone)
    else:  # the command line made it, and asked for neither
        workspace.industry, workspace.time_zone = industry or workspace.industry, time_zone
        workspace.save(update_fields=["industry", "time_zone"])
    owner = User.objects.create_user(email, password, name=name)
    member = Member.objects.create(workspace=workspace, user=owner, role=Role.OWNER)
    member.units.add(workspace.root)
    AuditEntry.write(
        workspace.pk, actor=owner.email, action="workspace.founded", subject=workspace.name, industry=industry
    )
    publish(FOUNDED, workspace.pk, [workspace.pk])
    return owner
