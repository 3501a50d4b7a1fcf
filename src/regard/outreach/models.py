"""The app's table of contents."""

from regard.outreach.calendar.models import Feed
from regard.outreach.mail.mailbox.models import Mailbox
from regard.outreach.mail.models import MailAccount
from regard.outreach.messages.models import Message
from regard.outreach.notices.models import Notice, NoticeChoice
from regard.outreach.phone.models import PhoneAccount
from regard.outreach.webhooks.models import Delivery, Endpoint

__all__ = ["Delivery", "Endpoint", "Feed", "MailAccount", "Mailbox", "Message", "Notice", "NoticeChoice", "PhoneAccount"]
