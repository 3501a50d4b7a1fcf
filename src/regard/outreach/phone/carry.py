from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from regard.outreach.messages.carriers import Away, Unwanted
from regard.outreach.messages.models import Message
from regard.outreach.messages.senders import Content
from regard.outreach.phone.models import PhoneAccount
from regard.outreach.phone.provider import Stopped, Text
from regard.outreach.phone.stop import stop
from regard.outreach.sealed import Unreadable


def phone_carrier(channel: str) -> Callable[[int], PhoneCarrier]:
    def opened(workspace: int) -> PhoneCarrier:
        """Raises Away where nothing can be sent."""
        account = PhoneAccount.objects.filter(workspace=workspace, channel=channel).first()
        if account is None:
            raise Away(_("Sending by %(channel)s is not set up yet.") % {"channel": channel})
        return PhoneCarrier(account)

    return opened


class PhoneCarrier:
    def __init__(self, account: PhoneAccount) -> None:
        self.account, self.per_second = account, account.per_second
        try:
            self.settings = account.settings
        except Unreadable as problem:
            raise Away(str(problem)) from problem

    def carry(self, message: Message, content: Content) -> str:
        try:
            return self.hand_over(message.address, content.text)
        except Stopped:
            stop(self.account.workspace_id, message.address, channel=self.account.channel, now=timezone.now(), by=self.account.provider)
            raise Unwanted(_("They told the provider that they want no more.")) from None

    def hand_over(self, to: str, text: str) -> str:
        """Raises Gone, Later, Away, Stopped."""
        account = self.account
        said = Text(account.channel, account.sender, to, text, hook_of(account))
        return account.service.send(self.settings, said)

    def close(self) -> None:
        """Each message is a request of its own."""


def hook_of(account: PhoneAccount) -> str:
    return f"{settings.PUBLIC_URL}{reverse('phone:hook', args=[account.hook])}"
