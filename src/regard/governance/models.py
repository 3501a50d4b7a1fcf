"""The app's table of contents."""

from regard.governance.initiatives.models import Initiative, InitiativeTask, InitiativeUnit, Measurement

__all__ = ["Initiative", "InitiativeTask", "InitiativeUnit", "Measurement"]
