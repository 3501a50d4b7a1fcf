"""Touchpoints to begin with, by industry. Suggestions: every one can be renamed, moved, retired or joined
by others.
"""

from __future__ import annotations

from django.db import transaction

from regard.ledger.touchpoints.models import Touchpoint
from regard.workspace.audit.models import AuditEntry
from regard.workspace.workspaces.models import Workspace

#: name | stage | function | channels | description
_TELECOM = """
Advertising | awareness | marketing | web, social, post | Where people first hear of us
Web site | discovery | sales | web | Tariffs, coverage and offers
Plan finder | attraction | sales | web, mobile | Finding the plan that fits
Store visit | interaction | sales | store | Advice and service in the shop
Chat | interaction | support | chat | Questions answered in writing
Order | purchase | ordering | web, store, phone | Signing the contract
Number transfer | purchase | fulfilment | web, phone | Bringing the old number along
Delivery and activation | purchase | fulfilment | post, mobile | SIM, device and first connection
Network | use | network | device | Calls, data and coverage
Bill | use | billing | e-mail, self-service, post | The monthly bill
Support call | use | support | phone, contact centre | Help by phone
Technician visit | use | fulfilment | field visit | Help at home
Self-service app | use | support | mobile, self-service | Everything customers do themselves
Outage notice | use | network | SMS, e-mail | Being told that something is down
Upgrade offer | cultivation | sales | e-mail, SMS, phone | Offers to existing customers
Contract renewal | cultivation | sales | phone, web, store | Staying for another term
Cancellation | cultivation | retention | phone, web | Leaving, or being won back
Referral | advocacy | marketing | web, SMS | Recommending us to others
"""
_RETAIL = """
Advertising | awareness | marketing | web, social, post | Where people first hear of us
Online shop | discovery | sales | web, mobile | Looking around
Product page | attraction | sales | web, mobile | Pictures, sizes, reviews
Store visit | interaction | sales | store | Finding and trying things
Checkout | purchase | ordering | web, mobile, store | Paying
Click and collect | purchase | fulfilment | store | Picking up an order
Delivery | purchase | fulfilment | post | Parcel and driver
Product | use | product | device | What was bought, in use
Return and refund | use | fulfilment | post, store | Giving things back
Customer service | use | support | phone, e-mail, chat | Help of any kind
Newsletter | cultivation | marketing | e-mail | News and offers
Loyalty programme | cultivation | marketing | mobile, store | Points and privileges
Review | advocacy | marketing | web | Telling others
"""
_BANK = """
Advertising | awareness | marketing | web, social, post | Where people first hear of us
Web site | discovery | sales | web | Products and rates
Adviser meeting | interaction | sales | store, phone | Advice in person
Account opening | purchase | onboarding | web, mobile, store | From application to first use
Identity check | purchase | onboarding | mobile, store | Proving who one is
Loan application | purchase | lending | web, store | Decision and contract
Mobile app | use | digital | mobile | Daily banking
Card payment | use | payments | device, store | Paying with the card
Card blocked or lost | use | support | phone, mobile | Getting help fast
Cash machine | use | payments | device | Withdrawing cash
Branch visit | use | support | store | Service in the branch
Call centre | use | support | phone, contact centre | Help by phone
Statement and fees | use | billing | e-mail, post, self-service | What it costs
Fraud alert | use | security | SMS, phone | Being warned and protected
Complaint | use | support | phone, e-mail, post | When something went wrong
Investment advice | cultivation | sales | store, phone | Growing with us
Referral | advocacy | marketing | web | Recommending us to others
"""
_AIRLINE = """
Advertising | awareness | marketing | web, social | Where people first hear of us
Flight search | discovery | sales | web, mobile | Finding a flight
Ease of online booking | purchase | ordering | web, mobile | Booking and paying
Online boarding | interaction | ground | web, mobile | Check-in and boarding pass
Check-in service | interaction | ground | store | The counter
Baggage handling | interaction | ground | store | Drop-off and belt
Gate location | interaction | ground | store | Finding the gate
Lounge | interaction | ground | store | Waiting in comfort
On-board service | use | cabin | device | Crew and service
Seat comfort | use | cabin | device | Seat and leg room
Food and drink | use | cabin | device | What is served
In-flight wifi | use | cabin | device | Connection on board
In-flight entertainment | use | cabin | device | Films and music
Cleanliness | use | cabin | device | The cabin
Departure and arrival time | use | operations | device | On time, or told why not
Disruption care | use | operations | SMS, phone, store | Rebooking, hotel, compensation
Customer service | use | support | phone, chat, e-mail | Help before and after
Frequent-flyer programme | cultivation | marketing | web, mobile | Miles and status
Recommendation | advocacy | marketing | web, social | Telling others
"""
_SAAS = """
Advertising | awareness | marketing | web, social | Where people first hear of us
Web site | discovery | marketing | web | What it does and costs
Demo | attraction | sales | web, phone | Seeing it live
Trial | attraction | product | web | Trying it alone
Contract | purchase | sales | web, e-mail | Terms, security review, signature
Onboarding | purchase | success | web, phone | From contract to first value
Product | use | product | web, mobile | Daily work with it
Documentation | use | product | web, self-service | Finding out how
Support ticket | use | support | e-mail, chat | Help by people
Incident | use | operations | web, e-mail | Outages and how we tell of them
Release | use | product | web, e-mail | New versions
Invoice | use | billing | e-mail | What it costs
Success review | cultivation | success | phone | Looking at the value together
Renewal | cultivation | sales | e-mail, phone | Staying for another term
Community | advocacy | marketing | web, social | Helping and telling others
"""
TEMPLATES = {"telecom": _TELECOM, "retail": _RETAIL, "bank": _BANK, "airline": _AIRLINE, "saas": _SAAS}


def template(industry: str) -> list[Touchpoint]:
    """The touchpoints of an industry, not yet saved; none for an industry without a template."""
    lines = (line.split("|") for line in TEMPLATES.get(industry, "").strip().splitlines())
    fields = ([part.strip() for part in line] for line in lines)
    return [
        Touchpoint(name=name, stage=stage, function=function, channels=channels.split(", "), description=description)
        for name, stage, function, channels, description in fields
    ]


def fill_founded(workspace: int, ids: list[int]) -> None:
    """A new workspace begins with its industry's touchpoints, unless it has some already."""
    industry = Workspace.objects.values_list("industry", flat=True).filter(pk=workspace).first()
    if industry and not Touchpoint.objects.filter(workspace_id=workspace).exists():
        fill(workspace, industry, actor="Regard")


@transaction.atomic
def fill(workspace: int, industry: str, *, actor: str) -> int:
    """Add the industry's touchpoints that the catalogue does not have by name; returns how many were added."""
    known = {
        name.casefold() for name in Touchpoint.objects.filter(workspace_id=workspace).values_list("name", flat=True)
    }
    new = [touchpoint for touchpoint in template(industry) if touchpoint.name.casefold() not in known]
    for touchpoint in new:
        touchpoint.workspace_id = workspace
    Touchpoint.objects.bulk_create(new, ignore_conflicts=True)
    AuditEntry.write(workspace, actor=actor, action="catalogue.filled", subject=industry, added=len(new))
    return len(new)
