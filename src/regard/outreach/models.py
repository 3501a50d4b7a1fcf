"""The app's table of contents."""

from regard.outreach.mail.models import MailAccount
from regard.outreach.messages.models import Message
from regard.outreach.phone.models import PhoneAccount

__all__ = ["MailAccount", "Message", "PhoneAccount"]
