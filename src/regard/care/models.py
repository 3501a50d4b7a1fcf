"""The app's table of contents."""

from regard.care.cases.models import Breach, Case, Counter, Presence, Stay, Step, Watcher
from regard.care.closures.models import Closure
from regard.care.complaints.evidence.models import EvidencePack
from regard.care.complaints.models import Answer, Assessment, Complaint, Extension, Finding, Referral, Ruled
from regard.care.complaints.public.models import ComplaintDoor
from regard.care.complaints.redress.models import Redress, RedressLimit
from regard.care.complaints.rules.models import ComplaintRule
from regard.care.files.models import CaseFile
from regard.care.handoffs.models import Handoff, Reception
from regard.care.hours.models import Calendar
from regard.care.letters.models import Letter
from regard.care.queues.models import Cause, Queue, ReplyTemplate, Taker

__all__ = [
    "Answer", "Assessment", "Breach", "Calendar", "Case", "CaseFile", "Cause", "Closure", "Complaint", "ComplaintDoor", "ComplaintRule", "Counter",
    "EvidencePack", "Extension", "Finding", "Handoff", "Letter", "Presence", "Queue", "Reception", "Redress", "RedressLimit", "Referral",
    "ReplyTemplate", "Ruled", "Stay", "Step", "Taker", "Watcher",
]  # fmt: skip
