"""Who answers, where the company's server has signed it."""

from __future__ import annotations

from regard.customers.identity.graph import Sighting
from regard.customers.identity.models import Strength
from regard.customers.identity.names import EMAIL, USER
from regard.customers.identity.resolve import resolve
from regard.customers.identity.rules import Rules
from regard.listening.widgets.models import Widget


def customer_of(widget: Widget, *, user_id: str, email: str, signature: str) -> int | None:
    """The profile behind the user id, else the e-mail address, as they were signed; None where the signature is not right.

    Somebody who was not known before is from now on, as by any event that names them.
    """
    namespace, told = (USER, user_id) if user_id else (EMAIL, email)
    if not told or not widget.has_signed(told, signature):
        return None
    workspace = widget.survey.workspace_id
    rules = Rules.of(workspace)
    key = (namespace, rules.normalised(namespace, told))
    if not key[1] or rules.strength(key) == Strength.NEVER:  # a mailbox that many people read is nobody
        return None
    return resolve(workspace, [Sighting((key,))], rules)[0] or None
