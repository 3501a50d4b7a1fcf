from __future__ import annotations

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from regard.customers.contact.consent.models import ConfirmationMail, Consent
from regard.customers.contact.public.links import confirm_link
from regard.customers.contact.queries import suppressed
from regard.customers.identity.names import EMAIL


@transaction.atomic
def mail_request(request: Consent) -> None:
    """Mail the link, once, however often it is asked; not to an address that is never to be used."""
    if not request.address or suppressed(request.workspace_id, EMAIL, [request.address]):
        return
    _sent, new = ConfirmationMail.objects.get_or_create(consent=request)
    if not new:
        return
    offered = request.language if request.language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
    with translation.override(offered):
        subject = _("Please confirm: %(purpose)s") % {"purpose": request.purpose.name}
        context = {"request": request, "link": confirm_link(request)}
        text = render_to_string("customers/contact/public/confirm_mail.txt", context)
        message = EmailMultiAlternatives(
            " ".join(f"{subject} · {request.workspace.name}".split()), text, None, [request.address]
        )
        message.attach_alternative(render_to_string("customers/contact/public/confirm_mail.html", context), "text/html")
        message.send()
