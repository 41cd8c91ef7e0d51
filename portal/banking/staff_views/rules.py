"""Rules that set lines aside: listed, changed, tried on what came, switched off."""

from __future__ import annotations

from dataclasses import replace

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.banking import service
from portal.banking.forms import RuleForm
from portal.banking.staff_views.blueprint import blueprint
from portal.banking.types.rules import AsideKind, AsideRule, RuleInfo, Trial
from portal.core.errors import BadInput
from portal.platform.fields import blame
from portal.platform.http import access, commit_on_success, current_identity, page

_NEW = RuleInfo(AsideRule("", AsideKind.INCOME, "", ()), False, None, 0)


@blueprint.get("/staff/bank/rules")
@access.staff("clerk", "manager")
def rules() -> ResponseReturnValue:
    """All rules in the order in which they are asked."""
    may_change = current_identity().has_staff("manager")
    return page("banking/rules.html", rules=service.aside_rules(), may_change=may_change)


@blueprint.get("/staff/bank/rules/new")
@access.staff("manager")
def new_rule() -> ResponseReturnValue:
    """A form for a rule that the portal does not know."""
    return _rule(_NEW, RuleForm.of(_NEW))


@blueprint.post("/staff/bank/rules/new")
@access.staff("manager")
@commit_on_success
def add_rule() -> ResponseReturnValue:
    """Try a new rule, or keep it."""
    return _write(_NEW)


@blueprint.get("/staff/bank/rules/<rule_code>")
@access.staff("clerk", "manager")
def rule(rule_code: str) -> ResponseReturnValue:
    """One rule with what was changed about it."""
    found = service.aside_rule(rule_code)
    return _rule(found, RuleForm.of(found))


@blueprint.post("/staff/bank/rules/<rule_code>")
@access.staff("manager")
@commit_on_success
def write_rule(rule_code: str) -> ResponseReturnValue:
    """Try a changed rule, or keep it."""
    return _write(service.aside_rule(rule_code))


def _write(info: RuleInfo) -> ResponseReturnValue:
    form = RuleForm()
    if info.rule.code:
        form.kind.data = info.rule.kind.value
    if not form.validate():
        return _rule(info, form), 422
    draft = replace(form.draft(), code=info.rule.code)
    try:
        if "try" in request.form:
            return _rule(info, form, service.try_rule(draft))
        service.write_rule(draft, seen=form.version.data, by=current_identity().user_id)
    except BadInput as error:
        blame(form, error)
        return _rule(info, form), 422
    flash("The rule is kept. It holds for lines that are imported from now on.", "done")
    return redirect(url_for(".rules"), code=303)


def _rule(info: RuleInfo, form: RuleForm, trial: Trial | None = None) -> str:
    return page(
        "banking/rule.html", info=info, form=form, trial=trial, shown=service.SHOWN_HITS,
        history=service.history_of_rule(info.rule.code) if info.rule.code else [],
        may_change=current_identity().has_staff("manager"),
    )  # fmt: skip
