"""The app's table of contents."""

from regard.outreach.mail.models import MailAccount
from regard.outreach.messages.models import Message

__all__ = ["MailAccount", "Message"]
