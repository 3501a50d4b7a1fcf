"""The customer says whether it is solved: by one click in a message, which the page it leads to has confirmed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from regard.care.cases.close import reopen
from regard.care.cases.models import Case, What
from regard.care.cases.news import news
from regard.care.cases.told import Row, tell_ledger
from regard.care.cases.work import held, step
from regard.care.closures.models import SENDER, Closure, Says
from regard.care.closures.words import language_of, words
from regard.care.letters.models import Direction
from regard.care.letters.write import WAYS, asked
from regard.care.queues.people import People
from regard.customers.contact.channels import Channel
from regard.customers.contact.verdict import Outcome
from regard.listening.answering.brand import on_colour
from regard.listening.answering.page import direction
from regard.listening.look.worn import worn
from regard.outreach.messages.carriers import CARRIERS
from regard.outreach.messages.models import Addressed, Message, queue
from regard.outreach.messages.senders import Content, SenderKind
from regard.outreach.messages.senders import Outcome as Became
from regard.outreach.notices.tell import tell
from regard.web.mjml import mail_html

#: So long they may say whether it is solved.
OPEN_FOR = timedelta(days=30)
_COLOUR = "#0d5c63"
_SIGNER = signing.Signer(sep=".", salt="regard.care.closure")


def token_of(closure: int) -> str:
    return _SIGNER.sign(str(closure))


def link_of(closure: int) -> str:
    return f"{settings.SURVEY_URL or settings.PUBLIC_URL}{reverse('closures:solved', args=[token_of(closure)])}"


def closure_of(token: str) -> Closure | None:
    """None for what is not ours, or is nobody's any more. A wrong signature never reaches the database."""
    try:
        pk = int(_SIGNER.unsign(token))
    except (signing.BadSignature, ValueError):
        return None
    return Closure.objects.select_related("case__workspace", "case__profile").filter(pk=pk).first()


def ask_customer(closure: Closure, case: Case, *, now: datetime) -> None:
    """By the way they wrote to us last, else by the first one that reaches them; why nobody is asked is kept."""
    heard = case.letters.filter(direction=Direction.IN, foreign=False).last()
    ways = [heard.channel, *WAYS] if heard else list(WAYS)
    why = ""
    for channel in dict.fromkeys(ways):
        if channel not in CARRIERS:
            continue
        verdict = asked(case, channel, now=now)
        if verdict.outcome is not Outcome.REFUSED:
            due = verdict.until if verdict.outcome is Outcome.DELAYED and verdict.until else now
            queue(case.workspace_id, [Addressed(verdict.customer, channel, verdict.address, closure.pk)], sender_kind=SENDER, due=due)
            step(case, What.ASKED, by="", now=now)
            return
        why = why or verdict.sentence
    closure.not_asked = (why or _("There is no way to reach them."))[:300]
    closure.save(update_fields=["not_asked"])


def open_to_answer(closure: Closure, now: datetime) -> bool:
    """Until they said so, for a while, and while it is the case's last closing."""
    return not closure.says and closure.at > now - OPEN_FOR and not closure.case.open and not _followed(closure)


def _followed(closure: Closure) -> bool:
    return Closure.objects.filter(case=closure.case_id, pk__gt=closure.pk).exists()


@transaction.atomic
def say(closure: Closure, says: str, *, text: str, now: datetime) -> bool:
    """What the customer says; whether it counts. Not solved opens the case again, and its owner is told."""
    case = held(closure.case)
    current = Closure.objects.select_for_update().get(pk=closure.pk)
    current.case = case
    if not open_to_answer(current, now):
        return False
    plain = text.replace("\0", "").strip()[:5_000]
    current.says, current.said, current.words = Says(says), now, plain
    current.save(update_fields=["says", "said", "words"])
    solved = says == Says.SOLVED
    step(case, What.CONFIRMED if solved else What.DENIED, by="", now=now, text=plain)
    event = "Closure confirmed" if solved else "Closure denied"
    tell_ledger(case.workspace_id, [Row(case, event, now, nth=current.pk, outcome="solved" if solved else "not solved")])
    if not solved:
        reopen(case, by="", now=now)
        Case.objects.filter(pk=case.pk).update(unheard=True)
        people = People(case.workspace_id)
        tell([news("case.denied", case, [case.owner] if case.owner else people.answering(case.unit_id))], now=now)
    return True


def _written(workspace: int, messages: Sequence[Message]) -> Mapping[int, Content | None]:
    related = Closure.objects.select_related("case__workspace", "case__profile").filter(case__workspace=workspace)
    closures = related.in_bulk([one.sender_id for one in messages])
    found: dict[int, Content | None] = {}
    for message in messages:
        closure = closures.get(message.sender_id)
        over = closure is None or not open_to_answer(closure, message.due)
        found[message.pk] = None if closure is None or over else content(closure, message.channel)
    return found


def content(closure: Closure, channel: str) -> Content:
    case = closure.case
    language = language_of(case)
    say, link, look = words(language), link_of(closure.pk), worn(case.workspace_id, "")
    brand = case.workspace.name
    if channel != Channel.EMAIL:
        return Content(say["short"].format(brand=brand, number=case.number, link=link))
    colour = look.colour or _COLOUR
    context = {
        "say": say, "language": language, "direction": direction(language), "brand": brand, "about": say["hello"].format(about=_about_it(case)),
        "outcome": closure.outcome, "link": link, "look": look, "host": settings.SURVEY_URL or settings.PUBLIC_URL, "colour": colour,
        "on_colour": on_colour(colour), "reason": say["reason"].format(brand=brand),
        "solved": f"{link}?{urlencode({'says': Says.SOLVED.value})}", "not_solved": f"{link}?{urlencode({'says': Says.NOT_SOLVED.value})}",
    }  # fmt: skip
    return Content(
        text=render_to_string("care/closures/mail.txt", context), subject=f"{say['subject']} {brand} #{case.number}",
        html=mail_html("care/closures/mail.mjml", context),
    )  # fmt: skip


def _about_it(case: Case) -> str:
    """In words that are theirs or plain: the title of a case is ours, and may say more than is for them."""
    heard = case.letters.filter(direction=Direction.IN).exclude(subject="").first()
    if heard is not None:
        return heard.subject
    said = " ".join(case.words.split())
    return f"“{said[:140]}{'…' if len(said) > 140 else ''}”" if said else f"#{case.number}"


def _about(workspace: int, messages: Sequence[Message]) -> Mapping[int, str]:
    numbers = dict(Closure.objects.filter(pk__in=[one.sender_id for one in messages]).values_list("pk", "case__number"))
    return {one.pk: _("Case %(number)s: solved?") % {"number": numbers[one.sender_id]} if one.sender_id in numbers else "" for one in messages}


def _told(messages: Sequence[Message], outcome: Became, now: datetime) -> None:
    mine = Closure.objects.filter(pk__in=[one.sender_id for one in messages])
    if outcome is Became.SENT:
        mine.filter(asked=None).update(asked=now)
    elif outcome in (Became.DROPPED, Became.HARD):
        mine.filter(says="", not_asked="").update(not_asked=_("The question did not reach them."))


CLOSURES = SenderKind(_written, _about, _told)
