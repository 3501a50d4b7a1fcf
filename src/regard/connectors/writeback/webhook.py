"""A batch as a webhook, signed as Standard Webhooks has it."""

from __future__ import annotations

from datetime import UTC, datetime

from django.utils.translation import gettext as _
from standardwebhooks import Webhook

from regard import outbound
from regard.connectors.writeback.batch import body_to_send
from regard.connectors.writeback.models import Batch, Destination
from regard.outreach.webhooks.deliver import refuse_unfit


class NotTaken(Exception):
    """It was not delivered. The message says why; `status` is what the other side answered, if it did.

    `final`: trying again would end the same way, or do harm; somebody has to look.
    """

    def __init__(self, why: str, status: int | None = None, *, final: bool = False) -> None:
        super().__init__(why)
        self.status, self.final = status, final


def send(destination: Destination, batch: Batch) -> int:
    """Returns the status. Raises NotTaken."""
    body, at, url = body_to_send(batch), datetime.now(UTC), destination.url
    headers = {
        "Content-Type": "application/json",
        "webhook-id": batch.message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(
            Webhook(secret).sign(batch.message_id, at, body.decode()) for secret in destination.secrets
        ),
    }
    try:
        refuse_unfit(url)
        answer = outbound.post(url, body, headers)
    except (outbound.Refused, outbound.Unreachable) as problem:
        raise NotTaken(str(problem)) from None
    if 300 <= answer.status < 400:
        raise NotTaken(_("It answered with a redirect (%(n)s), which is not followed.") % {"n": answer.status}, answer.status)  # fmt: skip
    if not answer.good:
        raise NotTaken(_("It answered %(n)s.") % {"n": answer.status}, answer.status)
    return answer.status
