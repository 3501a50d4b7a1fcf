"""The app's table of contents."""

from regard.outreach.calendar.models import Feed
from regard.outreach.campaigns.models import Arm, Campaign, Recipient
from regard.outreach.direct.models import Direct
from regard.outreach.mail.mailbox.models import Mailbox
from regard.outreach.mail.models import MailAccount
from regard.outreach.messages.models import Message
from regard.outreach.notices.models import Notice, NoticeChoice
from regard.outreach.phone.models import PhoneAccount
from regard.outreach.templates.models import MessageTemplate, TemplateVersion
from regard.outreach.webhooks.models import Delivery, Endpoint

__all__ = [
    "Arm", "Campaign", "Delivery", "Direct", "Endpoint", "Feed", "MailAccount", "Mailbox", "Message", "MessageTemplate", "Notice", "NoticeChoice",
    "PhoneAccount", "Recipient", "TemplateVersion",
]  # fmt: skip
