"""What we write to a customer in a case: kept first, then sent as a message, if the contact policy lets it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from regard.care.cases.models import Case, State, What
from regard.care.cases.told import Row, tell_ledger
from regard.care.cases.work import NotPossible, enter, held, keep, respond, step
from regard.care.files.keep import MOST, MOST_BYTES, Given, chosen, enclosure, keep_files, not_kept
from regard.care.letters.models import Direction, Letter
from regard.customers.contact.channels import Channel
from regard.customers.contact.may_contact import may_contact
from regard.customers.contact.queries import UnknownPurpose
from regard.customers.contact.verdict import Because, Outcome, Verdict
from regard.outreach.messages.models import Addressed, Message, queue
from regard.outreach.messages.senders import Content, SenderKind
from regard.outreach.messages.senders import Outcome as Became

#: What letters in a case are for: answers to what customers asked.
PURPOSE = "service"
SENDER = "letter"
LONGEST = 10_000
#: Ways in which a case can be answered, in the order in which they are tried.
WAYS = (Channel.EMAIL, Channel.SMS, Channel.WHATSAPP)

#: Whether another system carries the letters of a case, such as the help desk that it came from. `site/wiring.py` enters them.
ELSEWHERE: list[Callable[[Case], bool]] = []


@transaction.atomic
def write(
    case: Case, text: str, *, by: str, now: datetime, channel: str = Channel.EMAIL, subject: str = "", wait: bool = True,
    answers: bool = True, files: Sequence[Given] = (), enclosed: Sequence[str] = (),
) -> Letter:  # fmt: skip
    """To the customer, with new files and some that the case has (by their numbers); then it is their turn, where that is wanted. One that a
    machine writes answers nothing (`answers`): somebody still has to. Raises NotPossible where the contact policy refuses, nobody is there, or
    a file cannot go.
    """
    plain = text.replace("\0", "").strip()[:LONGEST]
    if not plain:
        raise NotPossible(_("Write something first."))
    current = held(case)
    verdict = asked(current, channel, now=now)
    if verdict.outcome is Outcome.REFUSED:
        raise NotPossible(verdict.sentence)
    letter = Letter.objects.create(
        case=current, direction=Direction.OUT, channel=channel, address=verdict.address, subject=(subject or _subject(current))[:250], text=plain,
        by=by, at=now,
    )  # fmt: skip
    _enclose(letter, files, enclosed, by=by, now=now)
    if channel != Channel.EMAIL or not elsewhere(current):
        due = verdict.until if verdict.outcome is Outcome.DELAYED and verdict.until else now
        queue(current.workspace_id, [Addressed(verdict.customer, channel, verdict.address, letter.pk)], sender_kind=SENDER, due=due)
    step(current, What.WROTE, by=by, now=now, text=plain)
    if not answers:
        return letter
    respond(current, now=now)
    if current.open and wait and current.state != State.WAITING:
        enter(current, State.WAITING, by=by, now=now)
    elif current.state == State.NEW:
        enter(current, State.OPEN, by=by, now=now)
    current.unheard = False
    keep(current, "state", "responded", "unheard", "due", "warn", now=now)
    return letter


def elsewhere(case: Case) -> bool:
    return any(carries(case) for carries in ELSEWHERE)


def _enclose(letter: Letter, files: Sequence[Given], enclosed: Sequence[str], *, by: str, now: datetime) -> None:
    if not files and not enclosed:
        return
    if letter.channel != Channel.EMAIL:
        raise NotPossible(_("Files go out by e-mail alone."))
    if refused := keep_files(letter.case, files, by=by, now=now, letter=letter):
        raise NotPossible(not_kept(refused))
    letter.files.add(*chosen(letter.case, enclosed))
    going = list(letter.files.all())
    if len(going) > MOST or sum(one.size for one in going) > MOST_BYTES:
        raise NotPossible(_("A letter takes at most %(most)s files of %(size)s MB in all.") % {"most": MOST, "size": MOST_BYTES // 1_000_000})


def asked(case: Case, channel: str, *, now: datetime) -> Verdict:
    """Whether they may be written to about it. How often is not asked: it is their own matter."""
    if case.profile_id is None:
        nobody = _("Nobody knows who the customer is.")
        return Verdict(0, 0, Outcome.REFUSED, Because.UNKNOWN, nobody)
    last = case.letters.filter(direction=Direction.IN, foreign=False, channel=channel).last()
    try:
        (verdict,) = may_contact(
            case.workspace_id, [case.profile_id], purpose=PURPOSE, channel=channel, now=now, counted=False, address=last.address if last else ""
        )
    except UnknownPurpose:
        why = _("There is no purpose “service” any more: answers to customers need it (Settings, contact policy).")
        return Verdict(case.profile_id, case.profile_id, Outcome.REFUSED, Because.RETIRED, why)
    if verdict.outcome is Outcome.DELAYED and verdict.because is Because.FREQUENCY:
        return verdict._replace(outcome=Outcome.ALLOWED, until=None)
    return verdict


def _subject(case: Case) -> str:
    """The same all along, so that mail programs keep the thread together."""
    heard = case.letters.filter(direction=Direction.IN).exclude(subject="").first()
    if heard is not None:
        return heard.subject if heard.subject.casefold().startswith("re:") else f"Re: {heard.subject}"
    first = case.letters.exclude(subject="").first()
    return first.subject if first else f"{case.workspace.name} #{case.number}"


def _written(workspace: int, messages: Sequence[Message]) -> Mapping[int, Content | None]:
    letters = Letter.objects.filter(case__workspace=workspace).prefetch_related("files").in_bulk([one.sender_id for one in messages])
    found: dict[int, Content | None] = {}
    for message in messages:
        letter = letters.get(message.sender_id)
        found[message.pk] = None if letter is None else Content(
            text=letter.text, subject=letter.subject, headers=_thread(letter), files=[enclosure(one) for one in letter.files.all()],
        )  # fmt: skip
    return found


def _thread(letter: Letter) -> dict[str, str]:
    """What it answers, as mail programs tell threads."""
    heard = Letter.objects.filter(case=letter.case_id, direction=Direction.IN, pk__lt=letter.pk).exclude(reference="")
    references = list(heard.order_by("-pk").values_list("reference", flat=True)[:10])
    return {"In-Reply-To": references[0], "References": " ".join(reversed(references))} if references else {}


def _about(workspace: int, messages: Sequence[Message]) -> Mapping[int, str]:
    numbers = dict(Letter.objects.filter(pk__in=[one.sender_id for one in messages]).values_list("pk", "case__number"))
    return {one.pk: _("Case %(number)s") % {"number": numbers[one.sender_id]} if one.sender_id in numbers else "" for one in messages}


def _told(messages: Sequence[Message], outcome: Became, now: datetime) -> None:
    """A letter that did not arrive is said to whoever reads the case."""
    said = {
        Became.DROPPED: _("It was not sent."), Became.SOFT: _("It came back for now."),
        Became.HARD: _("It came back: the address does not exist any more."),
        Became.COMPLAINED: _("They reported it as unwanted."),
    }.get(outcome)  # fmt: skip
    if said:
        Letter.objects.filter(pk__in=[one.sender_id for one in messages]).update(trouble=said)


LETTERS = SenderKind(_written, _about, _told)


def note_heard(case: Case, *, now: datetime) -> None:
    """On the timeline: the customer wrote."""
    tell_ledger(case.workspace_id, [Row(case, "Customer wrote", now, nth=case.letters.count())])
