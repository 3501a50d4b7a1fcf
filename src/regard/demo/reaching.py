"""Whom Halcyon may write to, and what: a segment, two ways of saying it, and a campaign that waits to be started."""

from __future__ import annotations

from datetime import datetime

from regard.customers.contact.purposes.models import Purpose
from regard.outreach.campaigns.models import Aim, Campaign
from regard.outreach.templates.models import MessageTemplate
from regard.segments.members.mirror import refresh
from regard.segments.models import Segment
from regard.workspace.workspaces.models import Workspace

_LONG = {
    "en": {
        "subject": "{{ name }}, is your plan still right?",
        "text": "# Is your plan still right?\n\nHello {{ name }},\n\nyou are on {{ trait:plan }}. Many who use their phone as you do are better off "
        "with another plan.\n\n- No new contract\n- Changed within a day",
        "button": "Compare plans", "link": "https://halcyon.example/plans",
    },
    "fr": {
        "subject": "{{ name }}, votre forfait vous convient-il ?",
        "text": "# Votre forfait vous convient-il ?\n\nBonjour {{ name }},\n\nvous avez le forfait {{ trait:plan }}. Pour beaucoup de ceux qui "
        "téléphonent comme vous, un autre serait plus avantageux.\n\n- Sans nouveau contrat\n- Changé en un jour",
        "button": "Comparer les forfaits", "link": "https://halcyon.example/plans",
    },
}  # fmt: skip
_SHORT = {
    "en": {"subject": "Your plan", "text": "Hello {{ name }}, there may be a plan that suits you better. Shall we have a look together?"},
    "fr": {"subject": "Votre forfait", "text": "Bonjour {{ name }}, un autre forfait vous conviendrait peut-être mieux. Regardons ensemble ?"},
}


def reach(workspace: Workspace, *, now: datetime, by: str) -> None:
    """Nothing is sent: nobody of the company is real."""
    segment = Segment(
        workspace=workspace, name="On the smallest plan", description="Who may be better off with another one.",
        definition={"kind": "all", "of": [{"kind": "trait", "name": "plan", "op": "is", "values": ["Start"]}]},
    )  # fmt: skip
    segment.keep(actor=by)
    refresh(segment, now=now)
    messages = []
    for name, languages in (("Is your plan right? (long)", _LONG), ("Is your plan right? (short)", _SHORT)):
        message = MessageTemplate(workspace=workspace, name=name)
        message.keep(languages, by=by)
        messages.append(message)
    purpose = Purpose.objects.filter(workspace=workspace, retired=None).exclude(key="service").order_by("pk").first()
    if purpose is not None:
        Campaign(workspace=workspace, name="The plan that fits", segment=segment, purpose=purpose, aim=Aim.SCORE, metric="nps", days=60).keep(
            messages, by=by
        )
