from __future__ import annotations

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from regard.workspace.invitations.models import Invitation


def link(secret: str) -> str:
    """Built from the configured address, never from a request's Host header."""
    return settings.PUBLIC_URL + reverse("workspace:invitation", args=[secret])


def mail(invitation: Invitation, secret: str) -> None:
    """Send the link to the one it is for."""
    subject = _("%(who)s invites you to %(workspace)s on Regard") % {
        "who": invitation.sent_by or "Regard",
        "workspace": invitation.workspace.name,
    }
    text = render_to_string("workspace/invitations/mail.txt", {"invitation": invitation, "link": link(secret)})
    send_mail(" ".join(subject.split()), text, None, [invitation.email])
