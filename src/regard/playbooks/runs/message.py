"""What a playbook writes to customers, as it goes out, and whether it still may."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.utils import timezone

from regard.customers.contact.purposes.models import Purpose
from regard.outreach.messages.models import Message
from regard.outreach.messages.senders import Content, Outcome, SenderKind
from regard.outreach.templates.going_out import going_out
from regard.outreach.templates.write import Reader, laid_out, written
from regard.playbooks.rules.definition import MakeOffer, Write
from regard.playbooks.runs.models import Deed
from regard.workspace.workspaces.models import Workspace


def _written(workspace: int, messages: Sequence[Message]) -> Mapping[int, Content | None]:
    """Of a playbook that was switched off it waits; of one that is retired nothing goes out any more."""
    related = Deed.objects.select_related("run__playbook", "run__version", "run__profile__merged_into", "version")
    deeds = related.in_bulk([one.sender_id for one in messages])
    found: dict[int, Content | None] = {}
    alike: dict[tuple[str, str], list[Message]] = {}
    for message in messages:
        deed = deeds.get(message.sender_id)
        if deed is None or deed.run.playbook.retired is not None:
            found[message.pk] = None
        elif deed.run.playbook.paused is None:
            alike.setdefault((_step(deed).purpose, message.channel), []).append(message)
    company = Workspace.objects.get(pk=workspace)
    purposes = {one.key: one for one in Purpose.objects.filter(workspace=workspace, key__in=[key for key, _channel in alike])}
    for (key, channel), mine in alike.items():
        going = going_out(purposes[key], channel, mine, now=timezone.now())
        for message in mine:
            if going[message.pk].now:
                found[message.pk] = _content(company, deeds[message.sender_id], channel, going[message.pk].unsubscribe)
            elif not going[message.pk].later:
                found[message.pk] = None
    return found


def _step(deed: Deed) -> Write | MakeOffer:
    step = deed.run.version.read[deed.run.rule].then[deed.step]
    assert isinstance(step, Write | MakeOffer)
    return step


def _content(company: Workspace, deed: Deed, channel: str, unsubscribe: str) -> Content:
    if deed.version is None:
        words = {"language": deed.language, "subject": deed.subject, "text": deed.text}
        return laid_out(company, words, channel=channel, unsubscribe=unsubscribe)
    assert deed.run.profile is not None
    customer = deed.run.profile.merged_into or deed.run.profile
    words_of_it = deed.version.words_for(customer.traits, deed.run.about.get("language", ""))
    return written(company, words_of_it, Reader(customer.name, customer.traits), channel=channel, unsubscribe=unsubscribe)


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
