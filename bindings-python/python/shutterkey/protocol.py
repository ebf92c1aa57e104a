"""Requests and the reading of their answers, in pairs, for callers with an HTTP client of their own.

Each builder answers an :class:`HttpRequest`, and the parser of the same name reads what came back, which may be an
:class:`HttpResponse` or a response of httpx or requests whose body was read::

    request = protocol.build_refresh_request(config, token)
    answer = httpx.request(request.method, request.url, headers=request.headers, timeout=request.deadline)
    token = protocol.parse_refresh_response(config.provider, token, answer)

The contract for sending is at :class:`HttpRequest`. A login that an app and its backend share is handed over by
:class:`HandoverStart` and :class:`Handover`. Whole sequences without I/O are in :mod:`shutterkey.operation`.
"""

from __future__ import annotations

from ._native import (
    Handover,
    HandoverStart,
    HttpRequest,
    HttpResponse,
    ListedPage,
    PagesAnswer,
    ReplayGuard,
    build_accounts_request,
    build_app_token_request,
    build_exchange_request,
    build_extend_request,
    build_identify_request,
    build_inspect_request,
    build_metadata_request,
    build_permissions_request,
    build_refresh_request,
    build_revoke_permission_request,
    build_revoke_request,
    classify,
    metadata_urls,
    parse_accounts_response,
    parse_app_token_response,
    parse_exchange_response,
    parse_extend_response,
    parse_identify_response,
    parse_inspect_response,
    parse_metadata,
    parse_permissions_response,
    parse_refresh_response,
    parse_revoke_response,
)

__all__ = [
    "Handover",
    "HandoverStart",
    "HttpRequest",
    "HttpResponse",
    "ListedPage",
    "PagesAnswer",
    "ReplayGuard",
    "build_accounts_request",
    "build_app_token_request",
    "build_exchange_request",
    "build_extend_request",
    "build_identify_request",
    "build_inspect_request",
    "build_metadata_request",
    "build_permissions_request",
    "build_refresh_request",
    "build_revoke_permission_request",
    "build_revoke_request",
    "classify",
    "metadata_urls",
    "parse_accounts_response",
    "parse_app_token_response",
    "parse_exchange_response",
    "parse_extend_response",
    "parse_identify_response",
    "parse_inspect_response",
    "parse_metadata",
    "parse_permissions_response",
    "parse_refresh_response",
    "parse_revoke_response",
]
