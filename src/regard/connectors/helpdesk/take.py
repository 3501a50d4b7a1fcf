"""A ticket that has changed: its comments become letters and notes of its case, once, and its state the case's, unless ours is the later one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from regard.care.cases.models import Case, Stay, What
from regard.care.cases.open import Opening, open_cases
from regard.care.cases.work import MOST_TAGS, NotPossible, held, keep, note, respond, step
from regard.care.letters.models import Direction, Letter
from regard.care.letters.receive import heard
from regard.care.queues.people import People
from regard.connectors.helpdesk.attachments import expect, sort
from regard.connectors.helpdesk.fields import colleague, follow_fields, name_assignee, tags_of, title_of
from regard.connectors.helpdesk.models import Desk, Ticket
from regard.connectors.helpdesk.put import settle
from regard.connectors.helpdesk.states import BY, OVER, fits, follow, priority_of
from regard.connectors.helpdesk.told import Comment, Told, User, plain
from regard.connectors.helpdesk.trouble import Missing
from regard.connectors.helpdesk.zendesk import Zendesk
from regard.customers.contact.channels import Channel
from regard.customers.identity.graph import Sighting
from regard.customers.identity.names import EMAIL, normalised
from regard.customers.identity.resolve import resolve


def take(desk: Desk, api: Zendesk, told: Told) -> bool:
    """Whether it was news. What is known by its stamp, our own changes among it, is none. Raises Trouble."""
    row = Ticket.objects.filter(desk=desk, number=told.id).first()
    if row is not None:
        if row.sending:
            row = settle(row, api)
        if row.stamp == told.updated_at or row.case_id is None:
            return False
    elif told.status in (*OVER, "deleted"):
        return False  # over before we knew of it
    if told.status == "deleted":
        return _gone(desk, told)
    try:
        comments = api.comments(told.id)
    except Missing:  # deleted since the export was written
        return _gone(desk, told)
    users = api.users([told.requester_id, told.assignee_id, row.there.get("owner") if row else None, *(one.author_id for one in comments)])
    with transaction.atomic():
        row, fresh = _row(desk, told, comments, users)
        if row.case is not None:
            _apply(row, told, [] if fresh else comments, users)
    return True


def latest(api: Zendesk, number: int) -> Told:
    """As it is now; what is not there any more was deleted."""
    try:
        return api.ticket(number)
    except Missing:
        return Told(id=number, updated_at="", status="deleted")


def case_of(row: Ticket) -> Case:
    """Of one that is somebody's."""
    found = row.goes_on
    assert found is not None
    return found


def _row(desk: Desk, told: Told, comments: Sequence[Comment], users: Mapping[int, User]) -> tuple[Ticket, bool]:
    """Held; and whether its case was opened just now."""
    row = Ticket.objects.select_for_update(of=("self",)).filter(desk=desk, number=told.id).select_related("case", "desk").first()
    if row is not None:
        return row, False
    case, opened = _opened(desk, told, users)
    newest = max((one.id for one in comments), default=0)
    row = Ticket.objects.create(desk=desk, number=told.id, case=case, status="new", stamp="", comment=newest)
    if opened:
        for comment in comments:
            _add(row, case, comment, told, users, new=True)
        Case.objects.filter(pk=case.pk).update(unheard=True)
    row.told = case.steps.order_by("-pk").values_list("pk", flat=True).first() or 0
    return row, True


def _opened(desk: Desk, told: Told, users: Mapping[int, User]) -> tuple[Case, bool]:
    """Held; and whether it was opened just now."""
    now, origin = timezone.now(), f"zendesk {desk.subdomain} {told.id}"
    who = users.get(told.requester_id or 0)
    people, assignee = People(desk.workspace_id), users.get(told.assignee_id or 0)
    owner = colleague(desk.unit_id or people.root, people, assignee)
    opening = Opening(
        title=title_of(told) or _("A ticket of Zendesk"), origin=origin, queue=desk.queue, unit=desk.unit_id, profile=_whose(desk, who),
        priority=priority_of(told.priority), words=plain(told.description), channel=Channel.EMAIL, tags=("zendesk", *tags_of(told)[: MOST_TAGS - 1]),
        owner=owner.pk if owner else None,
    )  # fmt: skip
    made = open_cases(desk.workspace, [opening], by=BY, now=now)
    if not made:  # it was connected before
        return Case.objects.get(workspace=desk.workspace, origin=origin), False
    case = held(made[0])
    if assignee is not None and owner is None:
        name_assignee(case, assignee, now=now)
    return case, True


def _whose(desk: Desk, who: User | None) -> int | None:
    """The customer who has exactly this address; somebody new where nobody has."""
    address = normalised(EMAIL, who.email) if who is not None and who.email else ""
    return resolve(desk.workspace_id, [Sighting(keys=((EMAIL, address),))])[0] or None if address else None


def _apply(row: Ticket, told: Told, comments: Sequence[Comment], users: Mapping[int, User]) -> None:
    case = held(case_of(row))
    entered = Stay.objects.filter(case=case).order_by("-pk").values_list("entered", flat=True).first()
    ours = not fits(case, row.status) and entered is not None and entered > told.updated
    for comment in comments:
        if comment.id > row.comment and comment.id not in row.ours:
            _add(row, case, comment, told, users, new=False)
            case = held(case)
    row.trouble = ""
    if told.status != row.status and not fits(case, told.status) and not ours:
        try:
            follow(case, told.status, now=timezone.now())
        except NotPossible as problem:
            row.trouble = str(problem)[:300]
    case = held(case)
    follow_fields(row, case, told, users, now=timezone.now())
    row.status, row.stamp = told.status, told.updated_at
    row.comment = max([row.comment, *(one.id for one in comments)])
    row.ours = [one for one in row.ours if one > row.comment]
    row.over = row.over or (timezone.now() if told.status == "closed" else None)
    if not fits(held(case), told.status) and not row.trouble:
        row.pending = timezone.now()
    row.save()


def _add(row: Ticket, case: Case, comment: Comment, told: Told, users: Mapping[int, User], *, new: bool) -> None:
    """A private comment is a note; a public one a letter, of the customer or to them."""
    author = users.get(comment.author_id or 0)
    theirs = comment.author_id == told.requester_id
    name = f"{BY} · {plain(author.name)}".replace("@", " ")[:200] if author and author.name else BY
    if not comment.text and not comment.attachments:
        return
    files = sort(comment)
    if not comment.public:
        said = [comment.text, *files.named] if comment.text or files.named else [plain(one.file_name) or "–" for one in files.coming]
        expect(row, files.coming, step=note(case, "\n".join(said), by=name, now=_at(comment)))
        return
    end_user = author is not None and author.role == "end-user"
    foreign = end_user and not theirs
    reference = f"zendesk {comment.id}"
    if case.letters.filter(reference=reference).exists():
        return
    letter = Letter.objects.create(
        case=case, direction=Direction.IN if theirs or end_user else Direction.OUT, channel=Channel.EMAIL, subject=plain(told.subject)[:250],
        address=plain(author.email if author else "")[:512], text=comment.text[:20_000], by="" if theirs or end_user else name, at=_at(comment),
        reference=reference, foreign=foreign, attachments=[one[:200] for one in files.named],
    )  # fmt: skip
    expect(row, files.coming, letter=letter)
    now = timezone.now()
    if theirs or end_user:
        if not new:
            heard(case, comment.text, by=(plain(author.name) or BY).replace("@", " ")[:200] if foreign and author else "", foreign=foreign, now=now)
    else:
        step(case, What.WROTE, by=name, now=now, text=comment.text)
        respond(case, now=now)
        keep(case, "responded", "due", "warn", now=now)


def _at(comment: Comment) -> datetime:
    try:
        return datetime.fromisoformat(comment.created_at)
    except ValueError:
        return timezone.now()


@transaction.atomic
def _gone(desk: Desk, told: Told) -> bool:
    """Deleted there: the case goes on as ours alone, and says so."""
    row = Ticket.objects.select_for_update(of=("self",)).filter(desk=desk, number=told.id, over=None).select_related("case").first()
    if row is None or row.case is None:
        return False
    note(case_of(row), _("Ticket %(number)s was deleted in Zendesk. The case goes on here alone.") % {"number": told.id}, by=BY, now=timezone.now())
    row.over, row.pending, row.status, row.stamp = timezone.now(), None, told.status, told.updated_at
    row.save()
    return True
