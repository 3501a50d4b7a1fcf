"""The feature's table of contents."""

from regard.customers.contact.consent.models import ConfirmationMail, Consent
from regard.customers.contact.log.models import ContactMade, FrequencyRule
from regard.customers.contact.purposes.models import ConsentText, Purpose
from regard.customers.contact.quiet.models import QuietHours
from regard.customers.contact.restraints.models import Lifting, Restraint
from regard.customers.contact.suppression.models import Suppression

__all__ = [
    "ConfirmationMail",
    "Consent",
    "ConsentText",
    "ContactMade",
    "FrequencyRule",
    "Lifting",
    "Purpose",
    "QuietHours",
    "Restraint",
    "Suppression",
]
