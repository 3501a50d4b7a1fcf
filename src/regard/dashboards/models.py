"""The app's table of contents."""

from regard.dashboards.huddle.models import Decision

__all__ = ["Decision"]
