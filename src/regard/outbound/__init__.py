"""THE one way out to addresses that people give: webhooks, files by SFTP, and whatever else is fetched or sent for them."""

from regard.outbound.addresses import Refused, checked, named
from regard.outbound.client import Answer, Unreachable, ask, post
from regard.outbound.sockets import connected

__all__ = ["Answer", "Refused", "Unreachable", "ask", "checked", "connected", "named", "post"]
