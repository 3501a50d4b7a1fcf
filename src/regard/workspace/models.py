"""The app's table of contents."""

from regard.workspace.audit.models import AuditEntry
from regard.workspace.invitations.models import Invitation
from regard.workspace.keys.models import ApiKey
from regard.workspace.members.models import Member, User
from regard.workspace.units.models import Unit
from regard.workspace.workspaces.models import Workspace

__all__ = ["ApiKey", "AuditEntry", "Invitation", "Member", "Unit", "User", "Workspace"]
