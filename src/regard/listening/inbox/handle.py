"""What we do with a response. Each is written down with who and when; the same again is nothing."""

from __future__ import annotations

from django.db import transaction

from regard.listening.inbox.models import Handling, What
from regard.listening.responses.answer import mark_test
from regard.listening.responses.models import Response, State
from regard.workspace.members.models import Member

MOST_TAGS = 20


class NotPossible(ValueError):
    """It cannot be handled so; the message says why."""


@transaction.atomic
def move(response: Response, state: str, *, by: str) -> None:
    """Read, done, or new again."""
    current = _held(response)
    if current.state == state or (state == State.READ and current.state == State.DONE):
        return
    response.state = current.state = State(state)
    current.save(update_fields=["state"])
    _written(current, {State.READ: What.READ, State.DONE: What.DONE, State.NEW: What.OPEN}[State(state)], by)


@transaction.atomic
def assign(response: Response, to: Member | None, *, by: str) -> None:
    current = _held(response)
    if current.assignee_id == (to.pk if to else None):
        return
    response.assignee = current.assignee = to
    current.save(update_fields=["assignee"])
    _written(current, What.ASSIGNED if to else What.LEFT, by, str(to.user) if to else "")


@transaction.atomic
def tag(response: Response, name: str, *, by: str, off: bool = False) -> None:
    """Raises NotPossible for what is no tag, and for too many."""
    plain = " ".join(name.split())[:40]
    current = _held(response)
    if not plain or (plain in current.tags) != off:
        return
    if not off and len(current.tags) >= MOST_TAGS:
        raise NotPossible("A response can have 20 tags: take one off first.")
    current.tags = [one for one in current.tags if one != plain] if off else sorted([*current.tags, plain])
    response.tags = current.tags
    current.save(update_fields=["tags"])
    _written(current, What.UNTAGGED if off else What.TAGGED, by, plain)


@transaction.atomic
def note(response: Response, text: str, *, by: str) -> None:
    if plain := text.strip()[:2_000]:
        _written(response, What.NOTE, by, plain)


@transaction.atomic
def reply(response: Response, text: str, *, by: str) -> None:
    """Words that the respondent reads on their own page."""
    if plain := text.strip()[:2_000]:
        _written(response, What.REPLY, by, plain)


@transaction.atomic
def try_out(response: Response, *, test: bool, by: str) -> None:
    """A test does not count; found to be none, it counts again."""
    if mark_test(response, test=test):
        response.test = test
        _written(response, What.TEST if test else What.REAL, by)


def _held(response: Response) -> Response:
    return Response.objects.select_for_update().get(pk=response.pk)


def _written(response: Response, what: What, by: str, text: str = "") -> None:
    Handling.objects.create(response=response, by=by, what=what, text=text)
