"""The operations page: what waits, what failed and why, and trying it again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from portal.accounts import service as accounts
from portal.platform import audit, jobs
from portal.platform.db import transaction
from portal.platform.jobs import crew, registry

PASSWORD = "correct horse battery 17"
KIND = "test.operations"


@pytest.fixture
def broken() -> Iterator[list[bool]]:
    """A kind of job that fails for good while this list holds anything."""
    state = [True]

    def work(_payload: dict[str, Any]) -> None:
        if state:
            raise jobs.GiveUp("the <b>mail server</b> refused")

    jobs.register(KIND, queue="notifications", work=work, effect=lambda _p, _r: None, words="Send a test mail")
    yield state
    registry._handlers.pop(KIND)


@pytest.fixture
def signed_in(app: Any) -> Callable[..., Any]:
    def make(**facts: Any) -> Any:
        facts.setdefault("staff_roles", ["clerk"])
        transaction(lambda: accounts.create_user("nomvula@360.example", "Nomvula Dlamini", PASSWORD, **facts))
        client = app.test_client()
        client.get("/login")
        answer = client.post("/login", data={"email": "nomvula@360.example", "password": PASSWORD})
        assert answer.status_code == 303
        return client

    return make


def failed_job() -> int:
    job_id = transaction(lambda: jobs.enqueue(KIND, {}))
    jobs.run_pending()
    return job_id


def test_a_quiet_house_says_that_no_worker_runs(signed_in):
    text = signed_in().get("/staff/operations").get_data(as_text=True)

    assert "No worker is running" in text
    assert "Nothing failed for good" in text


def test_a_living_worker_is_shown(signed_in):
    transaction(lambda: crew.sign_in("one", lanes=4))

    text = signed_in().get("/staff/operations").get_data(as_text=True)

    assert "All work is under way" in text
    assert "Workers alive" in text


def test_a_failed_job_is_shown_with_its_reason_as_text(signed_in, broken):
    failed_job()

    text = signed_in().get("/staff/operations").get_data(as_text=True)

    assert "1\u00a0job failed and waits for you" in text
    assert "the &lt;b&gt;mail server&lt;/b&gt; refused" in text
    assert "Send a test mail" in text


def test_a_clerk_tries_a_failed_job_again_and_it_is_done(signed_in, broken):
    job_id = failed_job()
    client = signed_in()
    client.get("/staff/operations")
    broken.clear()

    answer = client.post(f"/staff/operations/jobs/{job_id}/retry")
    jobs.run_pending()

    assert (answer.status_code, answer.location) == (303, "/staff/operations")
    assert jobs.job(job_id).state == "done"
    (event,) = audit.of(f"job {job_id}")
    assert (event.action, event.actor) == ("job.retried", "nomvula@360.example")


def test_trying_again_twice_changes_nothing_the_second_time(signed_in, broken):
    job_id = failed_job()
    client = signed_in()
    client.get("/staff/operations")

    for _ in range(2):
        assert client.post(f"/staff/operations/jobs/{job_id}/retry").status_code == 303

    assert len(audit.of(f"job {job_id}")) == 1
    assert jobs.job(job_id).state == "queued"


def test_a_job_that_never_was_is_not_found(signed_in):
    client = signed_in()
    client.get("/staff/operations")

    assert client.post("/staff/operations/jobs/999/retry").status_code == 404


def test_older_failed_jobs_are_on_further_pages(signed_in, broken):
    ids = [failed_job() for _ in range(27)]
    client = signed_in()

    first = client.get("/staff/operations").get_data(as_text=True)
    second = client.get(f"/staff/operations?before={ids[2]}").get_data(as_text=True)

    assert (first.count(">Try again<"), second.count(">Try again<")) == (25, 2)
    assert f"before={ids[2]}" in first


def test_the_page_asks_at_most_eight_questions(signed_in, broken, count_queries):
    failed_job()
    client = signed_in()

    with count_queries() as seen:
        client.get("/staff/operations")

    assert len(seen) <= 8, seen


def test_customers_do_not_see_it(app, signed_in):
    client = signed_in(staff_roles=[])

    assert client.get("/staff/operations").status_code == 403
    assert app.test_client().get("/staff/operations").status_code == 303
