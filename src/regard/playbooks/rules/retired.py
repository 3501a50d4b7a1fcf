"""Messages of Campaigns that rules still send and that were retired meanwhile."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from regard.outreach.templates.models import MessageTemplate
from regard.playbooks.rules.definition import Rule, Write


def retired_messages(workspace: int, rules: Sequence[Rule]) -> list[str]:
    """A sentence for each step that sends one, in their order."""
    steps = [
        (number, step.template) for rule in rules for number, step in enumerate(rule.then, 1)
        if isinstance(step, Write) and step.template is not None
    ]  # fmt: skip
    if not steps:
        return []
    known = MessageTemplate.objects.filter(workspace=workspace, pk__in=[template for _number, template in steps])
    gone = dict(known.exclude(retired=None).values_list("pk", "name"))
    said = _("Step %(n)s: ") + _("the message “%(name)s” is retired. Choose another.")
    return [said % {"n": number, "name": gone[template]} for number, template in steps if template in gone]
