"""What can go wrong with Zendesk, and whether it is of one ticket or of the whole desk."""

from __future__ import annotations

from django.utils.translation import gettext as _

from regard import outbound

_WAIT, _MOST_WAIT = 60, 3_600


class Trouble(Exception):
    """It did not work. The message says why, and what to do, in a sentence."""


class Halt(Trouble):
    """It is not of one ticket: nothing more is to be asked for now."""


class NotLetIn(Halt):
    """It takes no such address and token."""


class Unreached(Halt):
    """No answer came, or none of its own."""


class Limited(Halt):
    """It wants nothing more for so many seconds."""

    def __init__(self, seconds: int) -> None:
        super().__init__(_("Zendesk takes no more for now; it goes on by itself."))
        self.seconds = seconds


class Missing(Trouble):
    """There is no such thing, or no more."""


class TooLarge(Trouble):
    """There is more of it than is taken."""


class Conflict(Trouble):
    """Somebody changed it meanwhile: nothing was written."""


class Unfit(Trouble):
    """It takes no such change: the ticket is closed for good, or one of its rules forbids it."""


def check(answer: outbound.Answer) -> None:
    """Raises Trouble and its kinds for whatever is no success."""
    match answer.status:
        case 401:
            raise NotLetIn(refused())
        case 403:
            raise Trouble(
                _("Zendesk does not let this agent do that: an administrator’s address and token are needed.")
            )
        case 404 | 410:
            raise Missing(_("Zendesk does not know this. Is the subdomain right?"))
        case 409:
            raise Conflict(_("The ticket changed in Zendesk meanwhile; it is looked at again."))
        case 413:
            raise TooLarge(_("Zendesk takes nothing so large."))
        case 422:
            raise Unfit(
                _(
                    "Zendesk does not take this change: one of its rules forbids it, such as a field that has to be filled in first."
                )
            )
        case 429:
            text = answer.headers.get("retry-after", "")
            raise Limited(min(int(text), _MOST_WAIT) if text.isdecimal() and len(text) < 6 else _WAIT)
        case 502 | 503 | 504:
            raise Unreached(
                _("Zendesk answered %(status)s; it is tried again in a minute.") % {"status": answer.status}
            )
        case status if status >= 300:
            raise Trouble(_("Zendesk answered %(status)s; it is tried again by itself.") % {"status": status})


def refused() -> str:
    return _(
        "Zendesk does not take this e-mail address and token. Make a token there (Admin Centre, Zendesk API), allow token access, and enter it."
    )
