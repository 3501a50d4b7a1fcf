"""The app's table of contents."""

from regard.customers.identity.models import Identifier, IdentityPolicy, Link, Merge, Namespace
from regard.customers.people.models import Profile
from regard.customers.traits.models import PastTrait, Saying, TrustOrder

__all__ = ["Identifier", "IdentityPolicy", "Link", "Merge", "Namespace", "PastTrait", "Profile", "Saying", "TrustOrder"]
