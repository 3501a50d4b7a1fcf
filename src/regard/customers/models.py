"""The app's table of contents."""

from regard.customers.accounts.models import Account, AccountMember
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
from regard.customers.duplicates.models import DuplicateRun, DuplicateSettings, Proposal
from regard.customers.identity.models import Identifier, IdentityPolicy, Link, Merge, Namespace
from regard.customers.people.models import Profile
from regard.customers.privacy.models import ErasedKey, Erasure, RetentionRule
from regard.customers.saved.models import SavedView
from regard.customers.traits.models import PastTrait, Refold, Saying, Trait, TrustOrder

__all__ = [
    "Account",
    "AccountMember",
    "ConfirmationMail",
    "Consent",
    "ConsentText",
    "ContactMade",
    "DuplicateRun",
    "DuplicateSettings",
    "ErasedKey",
    "Erasure",
    "FrequencyRule",
    "Identifier",
    "IdentityPolicy",
    "Lifting",
    "Link",
    "Merge",
    "Namespace",
    "PastTrait",
    "Profile",
    "Proposal",
    "Purpose",
    "QuietHours",
    "Refold",
    "Restraint",
    "RetentionRule",
    "SavedView",
    "Saying",
    "Suppression",
    "Trait",
    "TrustOrder",
]
