"""The app's table of contents."""

from regard.customers.identity.models import Identifier
from regard.customers.people.models import Profile

__all__ = ["Identifier", "Profile"]
