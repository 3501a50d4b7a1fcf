"""What a playbook writes to customers, as it goes out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from regard.customers.contact.public.links import links_to_unsubscribe, unsubscribe_headers
from regard.customers.contact.purposes.models import Purpose
from regard.listening.look.worn import worn
from regard.outreach.messages.models import Message
from regard.outreach.messages.senders import Content, Outcome, SenderKind
from regard.playbooks.rules.definition import MakeOffer, Write
from regard.playbooks.runs.models import Deed
from regard.web.mjml import mail_html
from regard.workspace.workspaces.models import Workspace

_COLOUR = "#0d5c63"


def _written(workspace: int, messages: Sequence[Message]) -> Mapping[int, Content | None]:
    """Of a playbook that was switched off it waits; of one that is retired nothing goes out any more."""
    deeds = Deed.objects.select_related("run__playbook", "run__version").in_bulk([one.sender_id for one in messages])
    brand = Workspace.objects.get(pk=workspace).name
    found: dict[int, Content | None] = {}
    for message in messages:
        deed = deeds.get(message.sender_id)
        if deed is None or deed.run.playbook.retired is not None:
            found[message.pk] = None
        elif deed.run.playbook.paused is None:
            found[message.pk] = _content(workspace, deed, message, brand)
    return found


def _content(workspace: int, deed: Deed, message: Message, brand: str) -> Content:
    step = deed.run.version.read[deed.run.rule].then[deed.step]
    assert isinstance(step, Write | MakeOffer)
    purpose = Purpose.objects.get(workspace=workspace, key=step.purpose)
    link = ""
    if purpose.can_be_refused:
        link = links_to_unsubscribe(workspace, [message.profile_id], purpose=purpose, channel=message.channel)[message.profile_id]
    if message.channel != "e-mail":
        return Content(text=deed.text)
    look = worn(workspace)
    context = {"brand": brand, "text": deed.text, "look": look, "colour": look.colour or _COLOUR, "unsubscribe": link}
    return Content(
        text=f"{deed.text}\n\n{brand}" + (f"\n\n{link}" if link else ""), subject=deed.subject or brand,
        html=mail_html("playbooks/runs/mail.mjml", context), headers=unsubscribe_headers(link) if link else {},
    )  # fmt: skip


def _about(workspace: int, messages: Sequence[Message]) -> Mapping[int, str]:
    names = dict(Deed.objects.filter(pk__in=[one.sender_id for one in messages]).values_list("pk", "run__playbook__name"))
    return {one.pk: names.get(one.sender_id, "") for one in messages}


def _told(messages: Sequence[Message], outcome: Outcome, now: datetime) -> None:
    said = {
        Outcome.SENT: "sent", Outcome.DROPPED: "not sent", Outcome.DELIVERED: "delivered", Outcome.OPENED: "opened", Outcome.SOFT: "came back",
        Outcome.HARD: "came back", Outcome.COMPLAINED: "reported as unwanted",
    }[outcome]  # fmt: skip
    Deed.objects.filter(pk__in=[one.sender_id for one in messages]).update(told=said)


WRITES = SenderKind(_written, _about, _told)
