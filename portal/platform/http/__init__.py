"""What every view stands on: who may see it, one transaction a request, plain words for errors, safe headers."""

from portal.platform.http.access import Access, access, access_of, without_form_token
from portal.platform.http.counts import shell_counts
from portal.platform.http.identity import (
    current_identity,
    current_program,
    customer_id,
    identity_or_none,
    program_or_none,
)
from portal.platform.http.requests import commit_on_success, fragment_or_page, page, wants_json
from portal.platform.http.setup import init_app

__all__ = [
    "Access",
    "access",
    "access_of",
    "commit_on_success",
    "current_identity",
    "current_program",
    "customer_id",
    "fragment_or_page",
    "identity_or_none",
    "init_app",
    "page",
    "program_or_none",
    "shell_counts",
    "wants_json",
    "without_form_token",
]
