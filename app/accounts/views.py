"""Signing in and out, the idle lock, one's own account, and the administrator's list."""

from datetime import UTC
from uuid import UUID

import flask_login
from flask import Blueprint, flash, g, redirect, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from wtforms import SelectChoice

from app.accounts import devices, queries, service, signing
from app.accounts.forms import (
    EndKeyForm,
    EnrolForm,
    LanguageForm,
    PasswordForm,
    ResetForm,
    SignInForm,
    TransferForm,
    UnlockForm,
)
from app.accounts.models import Officer, RevocationReason
from app.accounts.signin import SignedIn, agency, circumstances, current_session, limits, officer_id
from app.core import languages
from app.core.actor import Actor
from app.core.clock import now
from app.core.db import transaction
from app.core.errors import DomainError, Invalid, NotFound
from app.core.languages import in_every_language
from app.core.pages import page, safe_next
from app.core.permissions import Permission, Role, require
from app.core.phrases import N_

bp = Blueprint("accounts", __name__)
WRONG = N_(
    "Badge or password is wrong, or the account is locked. After five wrong tries an administrator must unlock it."
)


@bp.route("/sign-in", methods=["GET", "POST"])
@require(Permission.PUBLIC)
@in_every_language
def sign_in() -> ResponseReturnValue:
    """Notice, badge, password; then where the person was going."""
    form = SignInForm()
    if request.method == "GET":
        return page("accounts/sign_in.html", form=form)
    if not form.validate():
        return page("accounts/sign_in.html", form=form, status=422)
    with transaction():
        opened = service.sign_in(
            form.badge.data, form.password.data, limits=limits(), language=languages.spoken(), **circumstances()
        )
    if opened is None:
        form.password.errors = [WRONG]
        return page("accounts/sign_in.html", form=form, status=422)
    entry, secret = opened
    cookie.clear()
    flask_login.login_user(SignedIn(entry.officer, secret=secret, entry=entry))
    return redirect(safe_next(request.args.get("next"), url_for("home.index")), 303)


@bp.post("/language")
@require(Permission.PUBLIC)
@in_every_language
def choose_language() -> ResponseReturnValue:
    """The language of the pages: kept in this browser, and of a signed-in person with their account."""
    form, actor = LanguageForm(), g.get("actor")
    if not form.validate():
        raise Invalid(N_("This language is not offered here."), field="language")
    chosen = form.language.data
    if actor is not None:
        with transaction():
            service.choose_language(queries.officer(actor.id), chosen, actor=actor)
    answer = redirect(safe_next(form.next.data, url_for("home.index")), 303)
    answer.set_cookie(
        languages.COOKIE,
        chosen,
        max_age=languages.COOKIE_SECONDS,
        secure=request.is_secure,
        httponly=True,
        samesite="Lax",
    )
    return answer


@bp.post("/sign-out")
@require(Permission.SIGNED_IN)
def sign_out(actor: Actor) -> ResponseReturnValue:
    """Ends the session on the server; the cookie is worth nothing afterwards.

    The browser is told to forget all it kept, unless the person chose to `keep` what is not sent yet.
    """
    entry = current_session()
    if entry is not None:
        with transaction():
            service.sign_out(entry, actor=actor)
    flask_login.logout_user()
    cookie.clear()
    answer = redirect(url_for(".sign_in"), 303)
    kept = request.form.get("keep") == "1"  # sealed recordings that wait to be sent, as the person was asked (C27)
    answer.headers["Clear-Site-Data"] = '"cache"' if kept else '"cache", "storage"'
    return answer


@bp.get("/locked")
@require(Permission.SIGNED_IN)
@in_every_language
def locked(actor: Actor) -> ResponseReturnValue:
    """The blank page of an idle session: nothing of what was on the screen (C3)."""
    return page("accounts/locked.html", form=UnlockForm())


@bp.post("/locked")
@require(Permission.SIGNED_IN)
@in_every_language
def unlock_screen(actor: Actor) -> ResponseReturnValue:
    """The password again, and on where the person was."""
    form, entry = UnlockForm(), current_session()
    if form.validate() and entry is not None:
        with transaction():
            right = service.reauthenticate(entry, form.password.data, limits=limits(), **circumstances())
        if right:
            return redirect(safe_next(request.args.get("next"), url_for("home.index")), 303)
        form.password.errors = [N_("This is not your password.")]
    return page("accounts/locked.html", form=form, status=422)


@bp.get("/account")
@require(Permission.SIGNED_IN)
@in_every_language
def account(actor: Actor) -> ResponseReturnValue:
    """One's own password, sessions and phones."""
    return _account_page(actor, PasswordForm())


@bp.post("/account/password")
@require(Permission.SIGNED_IN)
@in_every_language
def change_password(actor: Actor) -> ResponseReturnValue:
    """One's own new password; every other session ends."""
    form, entry = PasswordForm(), current_session()
    if form.validate():
        try:
            with transaction():
                service.change_password(
                    queries.officer(actor.id),
                    old=form.old.data,
                    new=form.password.data,
                    actor=actor,
                    keep_session=entry.id if entry else None,
                )
            flash(N_("Your password is changed, and your other sessions have ended."), "done")
            return redirect(url_for(".account"), 303)
        except DomainError as error:
            _keep_refusal(actor.id, "change", error, actor)
            _beside_the_field(form, error)
    return _account_page(actor, form, status=422)


@bp.post("/account/sessions/<uuid:session_id>/end")
@require(Permission.SIGNED_IN)
def end_session(session_id: UUID, actor: Actor) -> ResponseReturnValue:
    """Ends another session of one's own."""
    entry = queries.own_session(officer_id(), session_id)
    with transaction():
        service.sign_out(entry, actor=actor)
    return redirect(url_for(".account"), 303)


@bp.post("/account/tokens/<uuid:token_id>/revoke")
@require(Permission.SIGNED_IN)
def revoke_token(token_id: UUID, actor: Actor) -> ResponseReturnValue:
    """Ends a phone's token, for a phone that was lost."""
    token = queries.own_token(officer_id(), token_id)
    with transaction():
        service.revoke_token(token, actor=actor)
    return redirect(url_for(".account"), 303)


@bp.get("/accounts")
@require(Permission.ACCOUNT_MANAGE)
def index(actor: Actor) -> ResponseReturnValue:
    """Everybody with an account; the locked ones first."""
    with transaction():
        service.note_view(None, actor=actor)
    people = sorted(queries.officers(), key=lambda one: (one.locked_at is None, one.closed_at is not None, one.badge))
    return page("accounts/index.html", people=people)


@bp.route("/accounts/new", methods=["GET", "POST"])
@require(Permission.ACCOUNT_MANAGE)
def enrol(actor: Actor) -> ResponseReturnValue:
    """A new account with a temporary password."""
    form = EnrolForm()
    form.unit.choices = [SelectChoice(str(unit.id), unit.name) for unit in queries.units()]
    if request.method == "GET":
        return page("accounts/new.html", form=form)
    if form.validate():
        try:
            with transaction():
                service.enrol(
                    form.badge.data,
                    name=form.name.data,
                    rank=form.rank.data or "",
                    role=Role(form.role.data),
                    unit=queries.unit(UUID(form.unit.data)),
                    password=form.password.data,
                    must_change=True,
                    actor=actor,
                )
            flash(f"{form.name.data} has an account now.", "done")
            return redirect(url_for(".index"), 303)
        except DomainError as error:
            _beside_the_field(form, error)
    return page("accounts/new.html", form=form, status=422)


@bp.get("/accounts/<uuid:officer_id>")
@require(Permission.ACCOUNT_MANAGE)
def show(officer_id: UUID, actor: Actor) -> ResponseReturnValue:
    """One account: unlock, reset, close."""
    officer = queries.officer(officer_id)
    with transaction():
        service.note_view(officer, actor=actor)
    return _officer_page(officer, ResetForm())


@bp.post("/accounts/<uuid:officer_id>/transfer")
@require(Permission.ACCOUNT_MANAGE)
def transfer(officer_id: UUID, actor: Actor) -> ResponseReturnValue:
    """The officer works in another unit, from a moment in the past or from now on."""
    officer, form = queries.officer(officer_id), _transfer_form(TransferForm())
    if form.validate():
        since = form.since.data.replace(tzinfo=UTC) if form.since.data else now()
        try:
            with transaction():
                service.transfer(officer, unit=queries.unit(UUID(form.unit.data)), since=since, actor=actor)
            flash(f"{officer.title} is in {officer.unit.name} now.", "done")
            return redirect(url_for(".show", officer_id=officer_id), 303)
        except DomainError as error:
            _beside_the_field(form, error)
    return _officer_page(officer, ResetForm(formdata=None), 422, moving=form)


def _transfer_form(form: TransferForm) -> TransferForm:
    form.unit.choices = [SelectChoice(str(unit.id), unit.name) for unit in queries.units()]
    return form


@bp.post("/accounts/<uuid:officer_id>/unlock")
@require(Permission.ACCOUNT_MANAGE)
def unlock(officer_id: UUID, actor: Actor) -> ResponseReturnValue:
    """Lets a locked account try again."""
    officer = queries.officer(officer_id)
    with transaction():
        service.unlock(officer, actor=actor)
    flash(f"{officer.title} may sign in again.", "done")
    return redirect(url_for(".show", officer_id=officer_id), 303)


@bp.post("/accounts/<uuid:officer_id>/reset")
@require(Permission.ACCOUNT_MANAGE)
def reset(officer_id: UUID, actor: Actor) -> ResponseReturnValue:
    """A temporary password for somebody who lost theirs."""
    officer, form = queries.officer(officer_id), ResetForm()
    if form.validate():
        try:
            with transaction():
                service.reset_password(officer, password=form.password.data, actor=actor)
            flash(f"{officer.title} must change this password at the next sign-in.", "done")
            return redirect(url_for(".show", officer_id=officer_id), 303)
        except DomainError as error:
            _keep_refusal(officer_id, "reset", error, actor)
            _beside_the_field(form, error)
    return _officer_page(officer, form, status=422)


@bp.post("/accounts/<uuid:officer_id>/close")
@require(Permission.ACCOUNT_MANAGE)
def close(officer_id: UUID, actor: Actor) -> ResponseReturnValue:
    """Ends an account and everything that is signed in with it."""
    officer = queries.officer(officer_id)
    with transaction():
        service.close(officer, actor=actor)
    flash(f"The account of {officer.title} is closed.", "done")
    return redirect(url_for(".show", officer_id=officer_id), 303)


@bp.post("/accounts/<uuid:officer_id>/key/end")
@require(Permission.ACCOUNT_MANAGE)
def end_key(officer_id: UUID, actor: Actor) -> ResponseReturnValue:
    """Ends an officer's signing key: what it signed before stays, nothing can be signed with it from now on."""
    officer, form = queries.officer(officer_id), EndKeyForm()
    key = signing.newest_key(officer)
    if key is None:
        raise NotFound("This officer has not signed anything yet and has no key.")
    if form.validate():
        try:
            with transaction():
                since = form.since.data.replace(tzinfo=UTC) if form.since.data else None
                reason = RevocationReason(form.reason.data)
                signing.revoke(key, reason=reason, since=since, agency=agency(), actor=actor)
            flash(f"The signing key of {officer.title} is ended.", "done")
            return redirect(url_for(".show", officer_id=officer_id), 303)
        except Invalid as error:
            form.since.errors = [f"{error.message} {error.remedy}"]
            officer = queries.officer(officer_id)
    return _officer_page(officer, ResetForm(), status=422, ending=form)


@bp.post("/accounts/<uuid:officer_id>/key/new")
@require(Permission.ACCOUNT_MANAGE)
def new_key(officer_id: UUID, actor: Actor) -> ResponseReturnValue:
    """A new signing key for an officer whose old one was ended."""
    officer = queries.officer(officer_id)
    with transaction():
        signing.make_key(officer, agency=agency(), actor=actor)
    flash(f"{officer.title} may sign again, with a new key.", "done")
    return redirect(url_for(".show", officer_id=officer_id), 303)


def _account_page(actor: Actor, form: PasswordForm, status: int = 200) -> ResponseReturnValue:
    entry = current_session()
    return page(
        "accounts/account.html",
        status=status,
        form=form,
        officer=queries.officer(actor.id),
        sessions=queries.sessions_of(actor.id),
        in_words=devices.in_words,
        tokens=queries.tokens_of(actor.id),
        this=entry.id if entry else None,
    )


def _officer_page(
    officer: Officer,
    form: ResetForm,
    status: int = 200,
    ending: EndKeyForm | None = None,
    moving: TransferForm | None = None,
) -> ResponseReturnValue:
    return page(
        "accounts/show.html",
        status=status,
        officer=officer,
        form=form,
        ending=ending or EndKeyForm(formdata=None),
        moving=moving or _transfer_form(TransferForm(formdata=None)),
        keys=signing.keys_of(officer.id),
        sessions=queries.sessions_of(officer.id),
    )


def _keep_refusal(officer_id: UUID, act: str, error: DomainError, actor: Actor) -> None:
    with transaction():
        service.note_refused_password(queries.officer(officer_id), act, field=error.field, actor=actor)


def _beside_the_field(form: EnrolForm | PasswordForm | ResetForm | TransferForm, error: DomainError) -> None:
    field = form[error.field] if error.field in form else form["password"]
    field.errors = [*field.errors, languages.told(error)]
