"""The app's table of contents."""

from regard.listening.files.models import AnswerFile
from regard.listening.inbox.models import Handling
from regard.listening.invitations.models import Invitation
from regard.listening.links.models import Link
from regard.listening.look.models import Look
from regard.listening.mine.models import Heard
from regard.listening.planner.models import Plan
from regard.listening.programmes.models import Programme
from regard.listening.responses.models import Response
from regard.listening.surveys.models import Survey, Version
from regard.listening.visits.models import Visit
from regard.listening.widgets.models import Widget

__all__ = ["AnswerFile", "Handling", "Heard", "Invitation", "Link", "Look", "Plan", "Programme", "Response", "Survey", "Version", "Visit", "Widget"]
