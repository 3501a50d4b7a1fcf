from __future__ import annotations

from procrastinate.contrib.django import app

from regard.customers.contact.consent.models import Consent
from regard.customers.contact.public.mail import mail_request


@app.task(name="customers.contact.mail_confirmation", queue="mail", retry=5)
def mail_confirmation(pk: int) -> None:
    """Ask one person by mail to confirm what they agreed to."""
    request = Consent.objects.select_related("purpose", "workspace", "text").filter(pk=pk).first()
    if request is not None:
        mail_request(request)
