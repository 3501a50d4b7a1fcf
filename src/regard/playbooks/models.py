"""The app's table of contents."""

from regard.playbooks.rules.models import Playbook, PlaybookVersion
from regard.playbooks.runs.models import Deed, Run

__all__ = ["Deed", "Playbook", "PlaybookVersion", "Run"]
