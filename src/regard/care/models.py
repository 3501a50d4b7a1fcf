"""The app's table of contents."""

from regard.care.cases.models import Breach, Case, Counter, Presence, Stay, Step, Watcher
from regard.care.closures.models import Closure
from regard.care.files.models import CaseFile
from regard.care.handoffs.models import Handoff
from regard.care.hours.models import Calendar
from regard.care.letters.models import Letter
from regard.care.queues.models import Cause, Queue, ReplyTemplate, Taker

__all__ = [
    "Breach", "Calendar", "Case", "CaseFile", "Cause", "Closure", "Counter", "Handoff", "Letter", "Presence", "Queue", "ReplyTemplate", "Stay",
    "Step", "Taker", "Watcher",
]  # fmt: skip
