"""What customers send: an answer goes into its case, anything else may open one."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from regard.care.cases.close import reopen
from regard.care.cases.models import Case, State, What
from regard.care.cases.news import news
from regard.care.cases.open import Opening, open_cases
from regard.care.cases.work import enter, held, keep, step
from regard.care.closures.models import Closure
from regard.care.files.keep import Given, keep_files
from regard.care.letters.models import Direction, Letter
from regard.care.letters.write import SENDER, note_heard
from regard.care.queues.people import People, watching
from regard.customers.contact.channels import Channel
from regard.customers.identity.graph import Sighting
from regard.customers.identity.models import Identifier
from regard.customers.identity.names import EMAIL
from regard.customers.identity.resolve import resolve
from regard.outreach.mail.mailbox.models import opens_cases
from regard.outreach.mail.received import Received
from regard.outreach.messages.models import Message
from regard.outreach.notices.tell import tell
from regard.workspace.workspaces.models import Workspace

#: Of one case no more is taken in an hour: two machines that answer one another stop here.
_MOST_IN_AN_HOUR = 20


@transaction.atomic
def receive(mail: Received) -> bool:
    """Whether it is ours: an answer in a case, an answer to another message of ours, or something new where that opens cases."""
    case = _case_of(mail)
    if case is not None:
        _hear(case, mail)
        return True
    if mail.automatic:
        return False
    if mail.answers is None and not opens_cases(mail.workspace):
        return False
    _begin(mail)
    return True


def _case_of(mail: Received) -> Case | None:
    """The one that it answers; of two that were merged the one that goes on."""
    if mail.answers is None:
        return None
    found: Case | None = None
    if mail.answers.sender_kind == SENDER:
        letter = Letter.objects.filter(pk=mail.answers.sender_id).select_related("case").first()
        found = letter.case if letter else None
    elif mail.answers.sender_kind == "closure":
        closure = Closure.objects.filter(pk=mail.answers.sender_id).select_related("case").first()
        found = closure.case if closure else None
    while found is not None and found.merged_into is not None:
        found = found.merged_into
    return found


def _hear(case: Case, mail: Received) -> None:
    now = timezone.now()
    current = held(case)
    if mail.reference and current.letters.filter(direction=Direction.IN, reference=mail.reference).exists():
        return  # it came twice
    lately = current.letters.filter(direction=Direction.IN, at__gt=now - timedelta(hours=1)).count()
    foreign = not _theirs(current, mail)
    automatic = mail.automatic or lately >= _MOST_IN_AN_HOUR
    letter = Letter.objects.create(
        case=current, direction=Direction.IN, channel=Channel.EMAIL, address=mail.sender, subject=mail.subject, text=mail.text, at=now,
        reference=mail.reference, foreign=foreign, automatic=automatic, attachments=[one.name for one in mail.attachments] if automatic else [],
    )  # fmt: skip
    if automatic:
        return
    _keep_files(letter, mail, now)
    by = "" if not foreign else mail.sender
    heard(current, mail.text, by=by, foreign=foreign, now=now)


def heard(current: Case, text: str, *, by: str = "", foreign: bool = False, now: datetime) -> None:
    """The customer wrote in a case that is held: it is opened again or goes on, and whoever has it is told."""
    step(current, What.HEARD, by=by, now=now, text=text)
    if not current.open and not foreign:
        reopen(current, by="", now=now, why=_("The customer wrote again."))
        current = held(current)
    elif current.state == State.WAITING:
        enter(current, State.OPEN, by=by, now=now)
    current.unheard, current.snoozed = True, None
    keep(current, "state", "unheard", "snoozed", "due", "warn", now=now)
    note_heard(current, now=now)
    people = People(current.workspace_id)
    owner = [current.owner] if current.owner else people.answering(current.unit_id)
    tell([news("case.heard", current, owner), news("case.watched", current, list(watching(current, people)))], now=now)


def _theirs(case: Case, mail: Received) -> bool:
    """From an address that is known to be the customer's, or the one that was written to."""
    if mail.answers is not None and mail.answers.address.casefold() == mail.sender.casefold():
        return True
    if case.profile is None:
        return False
    known = Identifier.objects.filter(workspace=case.workspace_id, namespace=EMAIL, value=mail.sender)
    return known.filter(profile__merged_into=case.profile.customer_id).exists() or known.filter(profile=case.profile.customer_id).exists()


def _begin(mail: Received) -> None:
    now = timezone.now()
    workspace = Workspace.objects.get(pk=mail.workspace)
    profile = _whose(mail)
    about = mail.subject or _("A letter from a customer")
    origin = f"mail {mail.reference}"[:120] if mail.reference else ""
    opening = Opening(title=about, origin=origin, profile=profile, words=mail.text, channel=Channel.EMAIL)
    made = open_cases(workspace, [opening], by=_("Mailbox"), now=now)
    if not made:
        return  # it came twice
    (case,) = made
    letter = Letter.objects.create(
        case=case, direction=Direction.IN, channel=Channel.EMAIL, address=mail.sender, subject=mail.subject, text=mail.text, at=now,
        reference=mail.reference,
    )  # fmt: skip
    _keep_files(letter, mail, now)
    Case.objects.filter(pk=case.pk).update(unheard=True)


def _keep_files(letter: Letter, mail: Received, now: datetime) -> None:
    given = [Given(one.name, one.body) for one in mail.attachments]
    letter.attachments = [one[:200] for one in keep_files(letter.case, given, by=mail.sender, now=now, letter=letter)]
    letter.save(update_fields=["attachments"])


def _whose(mail: Received) -> int:
    """The customer of that address; somebody new where nobody has it. Who answers a message of ours is whoever got it, if the address is theirs."""
    answered: Message | None = mail.answers
    if answered is not None and answered.address.casefold() == mail.sender.casefold():
        return answered.profile_id
    (profile,) = resolve(mail.workspace, [Sighting(keys=((EMAIL, mail.sender),))])
    return profile
