"""THE one way out to addresses that people give: webhooks and whatever else is fetched or sent for them."""

from regard.outbound.addresses import Refused, checked
from regard.outbound.client import Answer, Unreachable, post

__all__ = ["Answer", "Refused", "Unreachable", "checked", "post"]
