"""The app's table of contents."""

from regard.customers.contact.models import (
    ConfirmationMail,
    Consent,
    ConsentText,
    ContactMade,
    FrequencyRule,
    Lifting,
    Purpose,
    QuietHours,
    Restraint,
    Suppression,
)
from regard.customers.identity.models import Identifier
from regard.customers.people.models import Profile

__all__ = [
    "ConfirmationMail",
    "Consent",
    "ConsentText",
    "ContactMade",
    "FrequencyRule",
    "Identifier",
    "Lifting",
    "Profile",
    "Purpose",
    "QuietHours",
    "Restraint",
    "Suppression",
]
