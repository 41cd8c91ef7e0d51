"""Telling people: with the deed or not at all, once, and through a mail server that misbehaves."""

from __future__ import annotations

import dataclasses
import socket
from email import message_from_bytes
from email.policy import default

import pytest
from aiosmtpd.controller import Controller
from jinja2 import ChoiceLoader, DictLoader
from sqlalchemy import select

from portal.core.money import Money
from portal.platform import config, jobs, outbox
from portal.platform.db import db, transaction
from portal.platform.models import Job, Mail
from tests.integration.platform.conftest import look, make_due

TEMPLATE = "Subject: Order {{ number }} is released\n\n{{ total | rand }} for {{ to_name or 'you' }}\n"


@pytest.fixture(autouse=True)
def template(app, monkeypatch):
    loader = ChoiceLoader([DictLoader({"mail/test_released.txt": TEMPLATE}), app.jinja_loader])
    monkeypatch.setattr(app, "jinja_loader", loader)


def tell(**values):
    values.setdefault("to_email", "thandi@sizwe.example")
    data = {"number": "ORD-2026-000017", "total": Money.zar(1250000)}
    transaction(lambda: outbox.tell("test_released", data=data, **values))


def mails(folder):
    return [message_from_bytes(path.read_bytes(), policy=default) for path in sorted((folder / "mail").glob("*.eml"))]


def only(model):
    return look(lambda: db.session.scalars(select(model)).one())


def test_a_mail_is_written_to_the_data_folder_when_no_server_is_configured(app, data_dir):
    tell()

    jobs.run_pending(strict=True)

    (mail,) = mails(data_dir)
    assert mail["Subject"] == "Order ORD-2026-000017 is released"
    assert mail["To"] == "thandi@sizwe.example"
    assert mail.get_content().splitlines() == ["R\u00a012\u00a0500.00 for you"]
    assert only(Mail).state == "sent"


def test_nothing_is_told_of_a_deed_that_was_rolled_back(app, data_dir):
    outbox.tell("test_released", to_email="thandi@sizwe.example", to_user=7, notice="Released", data={})
    db.session.rollback()

    jobs.run_pending()

    assert mails(data_dir) == []
    assert outbox.unread(7) == 0


def test_a_person_is_written_to_at_the_address_of_the_moment(app, data_dir, make_user):
    user_id = make_user("old@sizwe.example", "Thandi Nkosi")
    tell(to_email=None, to_user=user_id)
    users = db.metadata.tables["user"]
    transaction(lambda: db.session.execute(users.update().values(email="new@sizwe.example")))

    jobs.run_pending(strict=True)

    (mail,) = mails(data_dir)
    assert mail["To"] == "Thandi Nkosi <new@sizwe.example>"


@pytest.fixture
def make_user():
    from portal.accounts import service as accounts

    def make(email, name):
        return transaction(lambda: accounts.create_user(email, name, "a long enough passphrase 17"))

    return make


def test_a_crash_after_writing_leaves_one_mail(app, data_dir, monkeypatch):
    """The file was written, then the process died before it could note so."""
    tell()
    monkeypatch.setattr("portal.platform.outbox._close", _breaks)
    jobs.register(outbox.KIND, queue="notifications", work=outbox._send, effect=outbox._sent)
    jobs.run_pending()
    assert only(Mail).state == "waiting"
    monkeypatch.undo()
    _again(app, monkeypatch)

    jobs.run_pending(strict=True)

    assert len(mails(data_dir)) == 1
    assert only(Mail).state == "sent"


def _breaks(*_args, **_values):
    raise RuntimeError("the process dies here")


def _again(app, monkeypatch):
    outbox.register()
    loader = ChoiceLoader([DictLoader({"mail/test_released.txt": TEMPLATE}), app.jinja_loader])
    monkeypatch.setattr(app, "jinja_loader", loader)
    make_due(only(Job).id)


class Inbox:
    """A mail server. refuse: the answer to the next mails' recipients, like ``451 later``."""

    def __init__(self):
        self.messages, self.refuse = [], None

    async def handle_RCPT(self, _server, _session, envelope, address, _options):  # noqa: N802 - its name there
        if self.refuse:
            return self.refuse
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802 - its name there
        self.messages.append(message_from_bytes(envelope.content, policy=default))
        return "250 OK"


@pytest.fixture
def inbox():
    return Inbox()


@pytest.fixture
def port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@pytest.fixture
def server(app, inbox, port, monkeypatch):
    """SMTP_URL points to the port; start() and stop() the server behind it."""
    settings = dataclasses.replace(config.current(), smtp_url=f"smtp://127.0.0.1:{port}")
    monkeypatch.setitem(app.extensions, "settings", settings)
    controller = Controller(inbox, hostname="127.0.0.1", port=port)
    yield controller
    controller.stop(no_assert=True)


def test_a_mail_server_that_was_away_gets_the_mail_once_it_is_back(app, server, inbox):
    tell()
    jobs.run_pending()
    assert only(Mail).state == "waiting"
    assert "does not answer" in only(Job).last_error

    server.start()
    make_due(only(Job).id)
    jobs.run_pending(strict=True)
    jobs.run_pending()

    assert [mail["Subject"] for mail in inbox.messages] == ["Order ORD-2026-000017 is released"]
    assert only(Mail).state == "sent"


def test_a_mail_server_that_says_later_is_asked_again(app, server, inbox):
    server.start()
    inbox.refuse = "451 later"
    tell()
    jobs.run_pending()
    assert (only(Job).state, only(Mail).state) == ("queued", "waiting")

    inbox.refuse = None
    make_due(only(Job).id)
    jobs.run_pending(strict=True)

    assert len(inbox.messages) == 1


def test_an_address_the_server_refuses_for_good_is_given_up_at_once_and_said_to_staff(app, server, inbox):
    server.start()
    inbox.refuse = "550 no such person"
    tell()

    jobs.run_pending()

    assert only(Mail).state == "failed"
    assert [job.error for job in jobs.failed()] == ["the mail server refused for good: 550 no such person"]


def test_a_mail_that_is_sent_twice_after_a_crash_carries_the_same_id_and_date(app, server, inbox, monkeypatch):
    server.start()
    tell()
    monkeypatch.setattr("portal.platform.outbox.changed_rows", _breaks)
    jobs.run_pending()
    assert len(inbox.messages) == 1
    monkeypatch.setattr("portal.platform.outbox.changed_rows", lambda statement: db.session.execute(statement))
    make_due(only(Job).id)

    jobs.run_pending(strict=True)

    first, second = inbox.messages
    assert first["Message-ID"] == second["Message-ID"]
    assert first.as_bytes() == second.as_bytes()


def test_a_mail_already_sent_is_not_sent_again(app, data_dir):
    tell()
    jobs.run_pending(strict=True)
    (path,) = (data_dir / "mail").glob("*.eml")
    path.unlink()

    outbox._send({"outbox_id": only(Mail).id})

    assert mails(data_dir) == []


def test_somebody_must_be_told_and_with_a_template_that_exists(app):
    with pytest.raises(ValueError, match="nobody"):
        outbox.tell("test_released", data={})
    with pytest.raises(LookupError, match="no template"):
        outbox.tell("never_written", to_email="thandi@sizwe.example", data={})


# -- notices ---------------------------------------------------------------------------------------------------------


def test_notices_are_listed_newest_first_and_read_once(app):
    for number in range(3):
        outbox.note(7, "released", f"Order {number} is released", f"/orders/{number}")
    outbox.note(8, "released", "somebody else's")
    db.session.commit()

    assert [notice.words for notice in outbox.notices(7)] == [f"Order {n} is released" for n in (2, 1, 0)]
    assert outbox.unread(7) == 3

    newest = outbox.notices(7, limit=1)[0]
    assert outbox.mark_read(7, notice_id=newest.id) == 1
    assert [notice.read for notice in outbox.notices(7)] == [True, False, False]
    assert [notice.id for notice in outbox.notices(7, before=newest.id)] == [newest.id - 1, newest.id - 2]
    assert outbox.mark_read(7) == 2
    assert outbox.mark_read(7) == 0
    assert (outbox.unread(7), outbox.unread(8)) == (0, 1)


def test_nobody_marks_another_person_s_notice_read(app):
    outbox.note(7, "released", "mine")
    db.session.commit()

    assert outbox.mark_read(8, notice_id=outbox.notices(7)[0].id) == 0


@pytest.mark.parametrize("url", ["https://evil.example/x", "//evil.example", "javascript:alert(1)"])
def test_a_notice_leads_nowhere_outside_the_portal(app, url):
    with pytest.raises(ValueError, match="not an address of ours"):
        outbox.note(7, "released", "look", url)
