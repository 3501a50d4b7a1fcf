from __future__ import annotations

from django.conf import settings
from django.core.mail import send_mail
from django.db import connection
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from regard.ledger.notes.models import Mention


@app.task(name="ledger.notes.tell", queue="mail", retry=5)
def tell(note: str) -> None:
    """Tell those whom a note names by mail, with a link and without its words: mail is read on other screens."""
    for mention in Mention.objects.filter(note=note, seen=None).select_related("member__user", "by__user"):
        with translation.override(mention.member.user.language or settings.LANGUAGE_CODE):
            subject = _("%(who)s named you in a note") % {"who": mention.by.user}
            link = settings.PUBLIC_URL + reverse("notes:mentions")
            text = _("%(who)s named you in a note about a customer. Read it here:\n\n%(link)s\n") % {
                "who": mention.by.user,
                "link": link,
            }
            send_mail(" ".join(subject.split()), text, None, [mention.member.user.email])
    connection.close()
