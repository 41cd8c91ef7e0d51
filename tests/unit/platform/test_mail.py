"""What a mail looks like, and who may be written to."""

from __future__ import annotations

from datetime import UTC, date, datetime
from email import message_from_bytes
from email.policy import default

import pytest
from flask import Flask
from jinja2 import DictLoader, UndefinedError

from portal.core.errors import BadInput
from portal.core.money import Money
from portal.platform import config, filters, mail, outbox
from portal.platform.jobs import GiveUp
from portal.platform.mail import Letter, Recipient

TEMPLATES = {
    "mail/released.txt": "Subject: Order {{ number }} is {{ state }}\n\nDear {{ to_name }},\n{{ total | rand }} by {{ due | day }}.\n{{ link('order', number=number) }}\n",
    "mail/both.txt": "Subject: Two forms\nplain {{ name }}",
    "mail/both.html": "<p>rich {{ name }}</p>",
    "mail/headless.txt": "Hello\nthere",
}
DATA = {"number": "ORD-2026-000017", "state": "released", "total": Money.zar(1250000), "due": date(2026, 3, 16)}


@pytest.fixture
def app(tmp_path):
    made = Flask("mails")
    environ = {"FLASK_ENV": "testing", "SECRET_KEY": "for tests only, never", "DATA_DIR": str(tmp_path)}
    made.extensions["settings"] = config.load({**environ, "PUBLIC_URL": "https://portal.example"})
    made.add_url_rule("/orders/<number>", "order", lambda number: number)
    made.jinja_env.filters.update(rand=filters.rand, day=filters.day)
    made.jinja_loader = DictLoader(TEMPLATES)
    with made.app_context():
        yield made


def letter(event="released", to=None, **data):
    return Letter(
        uid="c0ffee",
        event=event,
        to=to or Recipient("thandi@sizwe.example", "Thandi Nkosi"),
        data={**DATA, **data},
        written_at=datetime(2026, 3, 14, 8, 0, tzinfo=UTC),
    )


def test_a_mail_says_what_its_template_says(app):
    message = mail.render(app, letter())

    assert message["Subject"] == "Order ORD-2026-000017 is released"
    assert message["To"] == "Thandi Nkosi <thandi@sizwe.example>"
    assert message["Date"] == "Sat, 14 Mar 2026 10:00:00 +0200"
    assert message.get_content() == (
        "Dear Thandi Nkosi,\nR\u00a012\u00a0500.00 by 16\u00a0Mar\u00a02026.\n"
        "https://portal.example/orders/ORD-2026-000017\n"
    )


def test_the_same_row_makes_the_same_mail_to_the_byte(app):
    assert mail.render(app, letter()).as_bytes() == mail.render(app, letter()).as_bytes()
    assert mail.render(app, letter())["Message-ID"] == "<c0ffee@360degree.example>"


@pytest.mark.parametrize(
    "evil",
    ["X\nBcc: all@evil.example", "X\r\nBcc: all@evil.example", "X\u2028Bcc: a@evil.example", "X\x0bBcc: a@b.example"],
)
def test_a_value_with_line_breaks_cannot_become_a_header(app, evil):
    message = message_from_bytes(
        mail.render(app, letter(number=evil, to=Recipient("thandi@sizwe.example", evil))).as_bytes(), policy=default
    )

    assert message["Bcc"] is None
    assert len(message.get_all("To")) == 1
    assert [address.addr_spec for address in message["To"].addresses] == ["thandi@sizwe.example"]


@pytest.mark.parametrize(
    "address",
    [
        "",
        "nobody",
        "a@b@c",
        "a b@c.example",
        "a@b.example\nBcc: x@y.example",
        "@x.example",
        "a@",
        "a@b.example, c@d.example",
    ],
)
def test_an_address_that_is_none_is_given_up_at_once(app, address):
    with pytest.raises(GiveUp):
        mail.render(app, letter(to=Recipient(address)))


@pytest.mark.parametrize("address", ["nobody", "a@b.example\nBcc: x@y.example", "a" * 250 + "@b.example"])
def test_an_address_that_is_none_is_refused_when_somebody_is_told(address):
    with pytest.raises(BadInput):
        mail.checked_address(address)


def test_a_value_the_template_needs_and_nobody_gave_is_an_error(app):
    with pytest.raises(UndefinedError, match="name"):
        mail.render(app, letter("both"))


def test_a_mail_with_two_forms_has_both_and_escapes_the_rich_one(app):
    message = mail.render(app, letter("both", name="Brits & <Sons>"))

    assert message.get_body(("plain",)).get_content() == "plain Brits & <Sons>\n"
    assert message.get_body(("html",)).get_content().strip() == "<p>rich Brits &amp; &lt;Sons&gt;</p>"


def test_a_template_without_a_subject_is_named(app):
    with pytest.raises(LookupError, match="headless"):
        mail.render(app, letter("headless"))


def test_an_event_without_a_template_is_named_when_somebody_is_told(app):
    with pytest.raises(LookupError, match=r"mail/never\.txt"):
        mail.demand_template("never")


def test_a_mail_written_twice_is_one_file_with_nothing_beside_it(app, tmp_path):
    for _ in range(2):
        mail.send(mail.render(app, letter()))

    assert [path.name for path in (tmp_path / "mail").iterdir()] == ["c0ffee.eml"]
    assert b"Order ORD-2026-000017" in (tmp_path / "mail" / "c0ffee.eml").read_bytes()


def test_money_days_and_moments_survive_the_outbox_row():
    values = {
        "total": Money.zar(-5),
        "usd": Money(7, "USD"),
        "due": date(2026, 3, 16),
        "at": datetime(2026, 3, 16, 8, 0, tzinfo=UTC),
        "lines": [{"amount": Money.zar(1), "words": "x"}],
        "n": 3,
        "none": None,
    }

    assert outbox._restored(outbox._stored(values)) == values
