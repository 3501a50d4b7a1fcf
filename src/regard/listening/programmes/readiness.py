"""What stands in the way of a launch, and how much it would ask about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from regard.customers.contact.channels import Channel
from regard.customers.contact.log.models import FrequencyRule
from regard.listening.invitations.queries import Reach, lived, reach
from regard.listening.programmes.models import Kind, Programme
from regard.metrics.period import BadQuery
from regard.outreach.mail.models import MailAccount
from regard.outreach.phone.models import BY_PHONE, PhoneAccount
from regard.workspace.welcome.found import NAME

#: How far back a launch may look, in days.
LOOK_BACK = (0, 1, 7, 30)


@dataclass(frozen=True)
class Check:
    good: bool
    sentence: str
    href: str = ""
    #: It cannot be launched before this is mended.
    stops: bool = False


@dataclass(frozen=True)
class Past:
    days: int
    reach: Reach


def fault(programme: Programme) -> Check | None:
    """What keeps it from asking anybody, launched or not: its survey is gone, or a condition names what is not there any more."""
    if programme.survey.retired:
        return Check(False, _("Its survey is retired."), reverse("programmes:edit", args=[programme.pk]), stops=True)
    if programme.survey.published is None:
        survey = reverse("surveys:show", args=[programme.survey_id])
        return Check(False, _("Its survey is not published."), survey, stops=True)
    try:
        lived(programme)
    except BadQuery as problem:
        return Check(False, str(problem), reverse("programmes:edit", args=[programme.pk]), stops=True)
    return None


def checks(programme: Programme) -> list[Check]:
    found = [one for one in (fault(programme),) if one is not None]
    if programme.workspace.name == NAME:
        unnamed = _("Customers will read “%(name)s” as your name: give the workspace the name that they know.") % {
            "name": NAME
        }
        found.append(Check(False, unnamed, reverse("workspace:edit")))
    if Channel.EMAIL in programme.channels:
        found.append(_mail(programme))
    found += [_phone(programme, channel) for channel in BY_PHONE if channel in programme.channels]
    if programme.purpose.needs_opt_in:
        sentence = _("“%(purpose)s” needs consent: only customers who said yes are asked.") % {
            "purpose": programme.purpose.name
        }
        found.append(Check(True, sentence, reverse("contact:policy")))
    else:
        sentence = _("Everybody is asked who has not said no to “%(purpose)s”.") % {"purpose": programme.purpose.name}
        found.append(Check(True, sentence, reverse("contact:policy")))
    limited = FrequencyRule.objects.filter(workspace=programme.workspace_id).exists()
    sentences = {
        True: _("A limit on how often customers are contacted is set."),
        False: _("There is no limit yet on how often customers are contacted by all programmes together."),
    }
    found.append(Check(limited, sentences[limited], reverse("contact:policy")))
    return found


def _mail(programme: Programme) -> Check:
    account = MailAccount.objects.filter(workspace=programme.workspace_id).first()
    if account is None:
        return Check(False, _("Sending e-mail is not set up."), reverse("mail:show"), stops=True)
    if account.trouble:
        return Check(False, account.trouble, reverse("mail:show"))
    if account.tested is None:
        return Check(False, _("Sending e-mail is set up, but nobody has tested it."), reverse("mail:show"))
    return Check(
        True, _("E-mail goes out from %(address)s.") % {"address": account.sender_address}, reverse("mail:show")
    )


def _phone(programme: Programme, channel: Channel) -> Check:
    account = PhoneAccount.objects.filter(workspace=programme.workspace_id, channel=channel).first()
    told, href = {"channel": channel.label}, reverse("phone:show", args=[channel.lower()])
    if account is None:
        return Check(False, _("Sending by %(channel)s is not set up.") % told, href, stops=True)
    if account.trouble:
        return Check(False, account.trouble, href)
    if account.tested is None:
        return Check(False, _("Sending by %(channel)s is set up, but nobody has tested it.") % told, href)
    return Check(True, _("%(channel)s goes out from %(sender)s.") % {**told, "sender": account.sender}, href)


def past(programme: Programme, *, now: datetime) -> list[Past]:
    """How much it would ask about at once, by how far back it looks, where there is anything. Of relationship programmes there is no past."""
    if programme.kind != Kind.TRANSACTIONAL:
        return []
    found = [Past(days, reach(programme, since=now - timedelta(days=days))) for days in LOOK_BACK if days]
    return [Past(0, Reach(0, 0)), *(one for one in found if one.reach.interactions)]
