"""What members are told of playbooks."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from regard.outreach.notices.kinds import NoticeKind
from regard.outreach.notices.models import Way

NOTICES = [
    NoticeKind("playbook", _("A playbook tells me something"), Way.MAIL),
    NoticeKind("playbook.stopped", _("A playbook stopped itself"), Way.MAIL),
]
