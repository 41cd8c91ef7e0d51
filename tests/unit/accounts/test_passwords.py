"""Which passwords are taken, and that they are compared whole."""

from __future__ import annotations

import pytest

from portal.accounts.errors import WeakPassword
from portal.accounts.service import passwords

WHO = {"email": "thandi@marikana.example", "name": "Thandi Nkosi"}


@pytest.mark.parametrize(
    "password",
    ["correct horse battery staple", "trek-oor 7 berge", "ŵelkom op die werf", "x9#kQ2!v", "a" * 20 + " b" * 22],
)
def test_long_or_odd_passwords_are_taken(password: str) -> None:
    passwords.check_strength(password, **WHO)


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("short 7", "at least 8"),
        ("x" * 129, "at most 128"),
        ("password", "first that anybody tries"),
        ("P@ssw0rd2026!", "first that anybody tries"),
        ("Qwerty123", "first that anybody tries"),
        ("123456789", "first that anybody tries"),
        ("Rustenburg2026", "first that anybody tries"),
        ("360degree2026", "too close to our name"),
        ("Thandi2026!", "too close to our name or yours"),
        ("thandi@marikana.example", "too close to our name or yours"),
    ],
)
def test_what_is_guessed_first_is_refused(password: str, words: str) -> None:
    with pytest.raises(WeakPassword) as refused:
        passwords.check_strength(password, **WHO)

    assert words in refused.value.words
    assert refused.value.field == "password"


def test_a_password_fits_only_itself_beyond_72_bytes_too() -> None:
    stored = passwords.hash_password("a" * 72 + " and then the end")

    assert passwords.fits(stored, "a" * 72 + " and then the end")
    assert not passwords.fits(stored, "a" * 72 + " and then another")
    assert not passwords.fits(stored, "a" * 72)


def test_the_hash_is_argon2id_with_the_figures_asked_for() -> None:
    assert passwords.hash_password("three purple words").startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_letters_written_in_two_ways_are_the_same_password() -> None:
    assert passwords.fits(passwords.hash_password("caf\u00e9 by die myn"), "cafe\u0301 by die myn")


def test_nobody_fits_an_empty_hash() -> None:
    assert not passwords.fits("", "nobody has this password")
    assert not passwords.fits("not a hash", "anything at all")


def test_a_hash_with_weaker_figures_is_outdated() -> None:
    from argon2 import PasswordHasher

    weaker = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash("three purple words")

    assert passwords.outdated(weaker)
    assert not passwords.outdated(passwords.hash_password("three purple words"))
