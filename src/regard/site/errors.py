from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse

from regard.site.problem import problem

_ADVICE = {
    404: "There is nothing at this address. /api/docs lists what there is.",
    405: "This address does not take that method. /api/docs says which it takes.",
}


class ProblemMiddleware:
    """Below /api every error has one format, also those that Django answers before or after the API sees the request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        if answer.status_code < 400 or not request.path.startswith("/api/"):
            return answer
        if answer.headers.get("Content-Type", "").startswith("application/problem+json"):
            return answer
        title = HTTPStatus(answer.status_code).phrase
        told = problem(
            answer.status_code, title, _ADVICE.get(answer.status_code, "The request cannot be answered as it is.")
        )
        for name in ("Allow", "Retry-After", "WWW-Authenticate"):
            if name in answer.headers:
                told[name] = answer.headers[name]
        return told
