"""Sign-in, forgotten passwords and a person's own pages."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from flask import Blueprint, Flask, Response, current_app, flash, g, redirect, request, session
from flask.typing import ResponseReturnValue

from portal.accounts import service
from portal.accounts.errors import LinkExpired, SignInRefused, TooManyAttempts, WeakPassword
from portal.accounts.forms import (
    ChangePasswordForm,
    ChoosePasswordForm,
    ForgottenForm,
    LoginForm,
    NameForm,
)
from portal.accounts.types import MembershipInfo
from portal.core.identity import Identity, Program
from portal.platform.http import access, arrivals, commit_on_success, current_identity, identity_or_none, page
from portal.platform.http.errors import answer
from portal.platform.http.redirects import safe_path
from portal.platform.ratelimit import address as caller
from portal.platform.ratelimit import limit

blueprint = Blueprint("accounts", __name__)
_THEMES = {"light", "dark"}


@blueprint.app_template_global("password_link")
def _password_link(user_id: int, password_version: int, kind: str) -> str:
    """For mails: the link is made when the mail is written, so that no secret is stored."""
    return service.password_link(user_id, password_version, kind)


@blueprint.app_template_global("invitation_link")
def _invitation_link(invitation_id: int, serial: int) -> str:
    """For mails, like the one above."""
    return service.invitation_link(invitation_id, serial)


@blueprint.app_template_global("companies_of")
def _companies(user_id: int) -> list[MembershipInfo]:
    """For the switcher in the frame: asked only for people who act for more than one customer."""
    return service.memberships_of(user_id)


@blueprint.after_app_request
def _note_use(response: Response) -> Response:
    """Write when a session or a token was last used: at most once a minute, after the answer went out."""
    identity, program = g.get("identity"), g.get("program")
    note: Callable[[], None] | None = None
    if isinstance(identity, Identity) and identity.seen_long_ago:
        note = partial(service.seen, identity.session_id)
    elif isinstance(program, Program) and program.used_long_ago:
        note = partial(service.token_used, program.token_id)
    if note is not None:
        response.call_on_close(partial(_with_app, current_app._get_current_object(), note))  # type: ignore[attr-defined]
    return response


def _with_app(app: Flask, note: Callable[[], None]) -> None:
    with app.app_context():
        note()


@blueprint.get("/login")
@access.public
def login() -> ResponseReturnValue:
    """The sign-in page."""
    if identity_or_none() is not None:
        return redirect("/", code=303)
    return page("accounts/login.html", form=LoginForm(next=request.args.get("next", "")), refused=None)


@blueprint.post("/login")
@access.public
def sign_in() -> ResponseReturnValue:
    """Open a session; it is a new one, and the form tokens of before are dead (docs/rules/sign-in.md, S4)."""
    form = LoginForm()
    if not form.validate_on_submit():
        return page("accounts/login.html", form=form, refused=None), 422
    agent = request.headers.get("User-Agent", "")
    try:
        token = service.sign_in(form.email.data, form.password.data, address=caller(), agent=agent)
    except SignInRefused:
        words = "E-mail address and password do not fit together."
        return page("accounts/login.html", form=form, refused=words), 422
    except TooManyAttempts as error:
        return answer(429, words=_WAIT.format(max(1, error.retry_after // 60)), retry_after=error.retry_after)
    before = dict(session)
    session.clear()
    session["sid"] = token
    if (person := service.identify(token)) is not None:
        arrivals.arrived(person, before)
    return redirect(safe_path(form.next.data, "/"), code=303)


_WAIT = "Too many sign-ins were refused. Try again in {} minutes, or choose a new password by e-mail."


@blueprint.post("/logout")
@access.public
@commit_on_success
def logout() -> ResponseReturnValue:
    """End the session here and in the database."""
    if token := session.get("sid"):
        service.sign_out(token)
    session.clear()
    flash("You are signed out.", "done")
    return redirect("/login", code=303)


@blueprint.get("/account/forgotten")
@access.public
def forgotten() -> ResponseReturnValue:
    """Where to ask for a link to choose a new password."""
    return page("accounts/forgotten.html", form=ForgottenForm(), sent=False)


def _caller_and_account() -> str:
    return f"{caller()}-{request.form.get('email', '').strip().lower()[:254]}"


@blueprint.post("/account/forgotten")
@access.public
@limit("forgotten", per_hour=3, key=_caller_and_account)
@commit_on_success
def send_link() -> ResponseReturnValue:
    """Mail a link; the answer is the same for every address (S2)."""
    form = ForgottenForm()
    if not form.validate_on_submit():
        return page("accounts/forgotten.html", form=form, sent=False), 422
    service.send_forgotten_link(form.email.data)
    return page("accounts/forgotten.html", form=form, sent=True)


@blueprint.get("/account/password/<token>")
@access.signed_link
def choose_password(token: str) -> ResponseReturnValue:
    """The page behind a link in a mail."""
    try:
        person = service.link_holder(token)
    except LinkExpired:
        return page("accounts/expired.html"), 410
    return page("accounts/choose.html", form=ChoosePasswordForm(), person=person)


@blueprint.post("/account/password/<token>")
@access.signed_link
@limit("choose-password", per_hour=5)
@commit_on_success
def set_password(token: str) -> ResponseReturnValue:
    """Choose a password through a link, once; then sign in with it."""
    form = ChoosePasswordForm()
    try:
        person = service.link_holder(token)
        if not form.validate_on_submit():
            return page("accounts/choose.html", form=form, person=person), 422
        service.set_password_by_link(token, form.password.data)
    except LinkExpired:
        return page("accounts/expired.html"), 410
    except WeakPassword as error:
        form.password.errors = [error.words]
        return page("accounts/choose.html", form=form, person=person), 422
    session.clear()
    flash("Your password is set. Sign in with it.", "done")
    return redirect("/login", code=303)


@blueprint.get("/account")
@access.signed_in
def account() -> ResponseReturnValue:
    """Who I am, where I am signed in, and my company."""
    return _account(NameForm(name=current_identity().name), ChangePasswordForm())


def _account(name_form: NameForm, password_form: ChangePasswordForm) -> str:
    me = current_identity()
    return page(
        "accounts/account.html",
        name_form=name_form,
        password_form=password_form,
        sessions=service.sessions_of(me.user_id),
        customer=service.customer(me.customer_id) if me.customer_id else None,
        people=service.members_of(me.customer_id) if me.customer_id else [],
        companies=service.memberships_of(me.user_id),
    )


@blueprint.post("/account/details")
@access.signed_in
@commit_on_success
def change_details() -> ResponseReturnValue:
    """My name."""
    form = NameForm()
    if not form.validate_on_submit():
        return _account(form, ChangePasswordForm(formdata=None)), 422
    service.change_name(current_identity().user_id, form.name.data)
    flash("Your name is saved.", "done")
    return redirect("/account", code=303)


@blueprint.post("/account/password")
@access.signed_in
@limit("password", per_hour=10)
@commit_on_success
def change_password() -> ResponseReturnValue:
    """A new password; I am signed out everywhere else."""
    me, form = current_identity(), ChangePasswordForm()
    if form.validate_on_submit():
        try:
            service.change_password(me.user_id, form.old.data, form.password.data, keep_session=me.session_id)
        except SignInRefused:
            form.old.errors = ["This is not the password you have now."]
        except WeakPassword as error:
            form.password.errors = [error.words]
        else:
            flash("Your password is changed. You are signed out everywhere else.", "done")
            return redirect("/account", code=303)
    return _account(NameForm(formdata=None, name=me.name), form), 422


@blueprint.post("/account/sessions/end")
@access.signed_in
@commit_on_success
def end_sessions() -> ResponseReturnValue:
    """Sign me out everywhere else."""
    me = current_identity()
    service.end_other_sessions(me.user_id, keep=me.session_id)
    flash("You are signed out everywhere else.", "done")
    return redirect("/account", code=303)


@blueprint.post("/account/company/<int:customer_id>")
@access.signed_in
@commit_on_success
def switch_company(customer_id: int) -> ResponseReturnValue:
    """Act for another of my companies from now on."""
    me = current_identity()
    service.act_for(me.user_id, me.session_id, customer_id)
    return redirect("/", code=303)


@blueprint.post("/account/theme")
@access.signed_in
def choose_theme() -> ResponseReturnValue:
    """Light, dark, or as the device says; kept in a cookie, so that the next page starts right."""
    response = redirect(safe_path(_from_here(), "/account"), code=303)
    theme = request.form.get("theme", "")
    if theme in _THEMES:
        secure = current_app.config["SESSION_COOKIE_SECURE"]
        response.set_cookie("theme", theme, max_age=31_536_000, samesite="Lax", secure=secure, httponly=True)
    else:
        response.delete_cookie("theme")
    return response


def _from_here() -> str | None:
    """The path of the page the form stood on, when it was one of ours."""
    origin, referrer = request.host_url, request.referrer or ""
    return "/" + referrer.removeprefix(origin) if referrer.startswith(origin) else None


@blueprint.get("/account/notices")
@access.signed_in
def notices() -> ResponseReturnValue:
    """What happened that concerns me."""
    return page("accounts/notices.html", notices=service.notices_of(current_identity().user_id))


@blueprint.post("/account/notices/read")
@access.signed_in
@commit_on_success
def read_notices() -> ResponseReturnValue:
    """I have seen them all."""
    service.mark_notices_read(current_identity().user_id)
    return redirect("/account/notices", code=303)
