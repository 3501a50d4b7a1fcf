"""The API: routers of the features under one roof, one way to sign in, one format for everything that goes wrong."""

from __future__ import annotations

import logging
import secrets

from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, Throttled, ValidationError
from ninja.throttling import AuthRateThrottle

from regard.care.cases.api import router as cases
from regard.care.complaints.api import router as complaints
from regard.care.files.api import router as case_files
from regard.care.letters.api import router as letters
from regard.customers.accounts.api import router as accounts
from regard.customers.contact.api import consents
from regard.customers.contact.api import policy as contact_policy
from regard.customers.duplicates.api import router as duplicates
from regard.customers.people.api import router as customers
from regard.customers.privacy.api import customers as privacy
from regard.customers.privacy.api import erasures
from regard.customers.traits.api import customers as customer_traits
from regard.customers.traits.api import router as traits
from regard.governance.initiatives.api import router as initiatives
from regard.insights.verbatims.api import router as feedback
from regard.ledger.timeline.api import router as timelines
from regard.ledger.touchpoints.api import router as catalogue
from regard.listening.inbox.api import router as responses
from regard.loyalty.offers.api import router as offers
from regard.metrics.api import router as metrics
from regard.metrics.period import BadQuery
from regard.outreach.campaigns.api import router as campaigns
from regard.playbooks.rules.api import router as playbooks
from regard.segments.api import router as segments
from regard.segments.computed.api import router as computed
from regard.site.problem import problem
from regard.warehouse import WarehouseAway, WarehouseBusy
from regard.workspace.keys.caller import KeyAuth

log = logging.getLogger(__name__)


class PerKey(AuthRateThrottle):
    """Each key its own allowance."""

    def get_cache_key(self, request: HttpRequest) -> str:
        who = getattr(request, "auth", None)
        return f"throttle-{who.id if who else request.META.get('REMOTE_ADDR', '')}"


api = NinjaAPI(
    title="Regard",
    version="1",
    description="Scores, customers and timelines. Make a key under Settings → Keys and send it as `Authorization: Bearer KEY`.",
    auth=KeyAuth(),
    throttle=[PerKey("3000/m")],
    urls_namespace="api",
)
api.add_router("/metrics", metrics)
api.add_router("/customers", customers)
api.add_router("/customers", timelines)
api.add_router("/customers", consents)
api.add_router("/customers", privacy)
api.add_router("/customers", customer_traits)
api.add_router("/traits", traits)
api.add_router("/erasures", erasures)
api.add_router("/accounts", accounts)
api.add_router("/duplicates", duplicates)
api.add_router("/contact-policy", contact_policy)
api.add_router("/segments", segments)
api.add_router("/computed-traits", computed)
api.add_router("/feedback", feedback)
api.add_router("/cases", cases)
api.add_router("/cases", letters)
api.add_router("/cases", case_files)
api.add_router("/complaints", complaints)
api.add_router("/offers", offers)
api.add_router("/campaigns", campaigns)
api.add_router("/initiatives", initiatives)
api.add_router("/playbooks", playbooks)
api.add_router("", responses)
api.add_router("", catalogue)


@api.exception_handler(BadQuery)
def bad_query(request: HttpRequest, refused: BadQuery) -> HttpResponse:
    return problem(400, "The question cannot be asked so", str(refused), field=refused.field)


@api.exception_handler(ValidationError)
def bad_parameters(request: HttpRequest, refused: ValidationError) -> HttpResponse:
    errors = [{"field": str(error["loc"][-1]), "detail": str(error["msg"])} for error in refused.errors]
    detail = "; ".join(f"{error['field']}: {error['detail']}" for error in errors)
    return problem(422, "Some parameters cannot be used", detail, errors=errors)


@api.exception_handler(AuthenticationError)
def no_key(request: HttpRequest, refused: AuthenticationError) -> HttpResponse:
    response = problem(
        401, "A key is needed", "Send a key that may read: Authorization: Bearer KEY. Settings → Keys makes one."
    )
    response["WWW-Authenticate"] = "Bearer"
    return response


@api.exception_handler(Throttled)
def too_many(request: HttpRequest, refused: Throttled) -> HttpResponse:
    response = problem(429, "Too many requests", "Wait as long as Retry-After says, then go on more slowly.")
    response["Retry-After"] = str(int(refused.wait or 1) + 1)
    return response


@api.exception_handler(Http404)
def not_there(request: HttpRequest, refused: Http404) -> HttpResponse:
    return problem(404, "Not found", "There is nothing here that this key may see.")


@api.exception_handler(HttpError)
def refused_otherwise(request: HttpRequest, refused: HttpError) -> HttpResponse:
    return problem(refused.status_code, "Refused", str(refused))


@api.exception_handler(WarehouseAway)
@api.exception_handler(WarehouseBusy)
def engine_away(request: HttpRequest, refused: Exception) -> HttpResponse:
    response = problem(
        503, "The ledger does not answer", "Nothing is lost; try again in a moment. `regard doctor` says more."
    )
    response["Retry-After"] = "5"
    return response


@api.exception_handler(Exception)
def stumbled(request: HttpRequest, refused: Exception) -> HttpResponse:
    number = secrets.token_hex(4)
    log.exception("API error %s", number)
    return problem(500, "Something went wrong here", f"It is our mistake, not yours. The log has it under {number}.")
