"""The app's table of contents."""

from regard.listening.links.models import Link
from regard.listening.responses.models import Response
from regard.listening.surveys.models import Survey, Version
from regard.listening.widgets.models import Widget

__all__ = ["Link", "Response", "Survey", "Version", "Widget"]
