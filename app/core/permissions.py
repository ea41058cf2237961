"""Who may do what: the roles, the permissions, the one policy table, and the mark every route carries."""

import enum
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import g

from app.core.phrases import N_


class Role(enum.StrEnum):
    """What a person is here to do. One role a person; separation of duties starts here (CJIS AC-5)."""

    OFFICER = "officer"
    SUPERVISOR = "supervisor"
    INTERNAL_AFFAIRS = "internal_affairs"
    RECORDS = "records"
    ADMINISTRATOR = "administrator"

    @property
    def title(self) -> str:  # type: ignore[override]
        """The role in words."""
        return self.value.replace("_", " ").capitalize()


class Permission(enum.StrEnum):
    """What a route or a verb asks for. PUBLIC needs no sign-in, SIGNED_IN any role."""

    PUBLIC = "public"
    SIGNED_IN = "signed_in"
    INCIDENT_READ = "incident:read"
    INCIDENT_WRITE = "incident:write"
    EVIDENCE_READ = "evidence:read"
    EVIDENCE_ADD = "evidence:add"
    EVIDENCE_EXPORT = "evidence:export"
    ANALYSIS_RETRY = "analysis:retry"
    ANALYSIS_FIGURES = "analysis:figures"
    TRANSCRIPT_CORRECT = "transcript:correct"
    REPORT_READ = "report:read"
    REPORT_WRITE = "report:write"
    REPORT_REVIEW = "report:review"
    REPORT_FILE = "report:file"
    REPORT_BUNDLE = "report:bundle"
    NIBRS_SUBMIT = "nibrs:submit"
    AGENCY_RULES = "agency:rules"
    WARNING_READ = "warning:read"
    WARNING_DECIDE = "warning:decide"
    WARNING_OWN = "warning:own"
    WARNING_UNIT = "warning:unit"
    WARNING_LISTEN = "warning:listen"
    LEDGER_READ = "ledger:read"
    LEDGER_REVIEW = "ledger:review"
    ACCOUNT_MANAGE = "account:manage"
    STYLES_READ = "styles:read"
    RETENTION_READ = "retention:read"
    RETENTION_MANAGE = "retention:manage"
    EVIDENCE_CATEGORISE = "evidence:categorise"
    HOLD_MANAGE = "hold:manage"
    RELEASE_CLOCK = "release:clock"
    PEOPLE_READ = "people:read"
    PEOPLE_WRITE = "people:write"
    PEOPLE_MERGE = "people:merge"
    PEOPLE_REVEAL = "people:reveal"


_P = Permission
POLICY: dict[Role, frozenset[Permission]] = {
    Role.OFFICER: frozenset(
        {
            _P.INCIDENT_READ,
            _P.INCIDENT_WRITE,
            _P.EVIDENCE_READ,
            _P.EVIDENCE_ADD,
            _P.ANALYSIS_RETRY,
            _P.TRANSCRIPT_CORRECT,
            _P.REPORT_READ,
            _P.REPORT_WRITE,
            _P.WARNING_OWN,
            _P.EVIDENCE_CATEGORISE,
            _P.PEOPLE_READ,
            _P.PEOPLE_WRITE,
        }
    ),
    Role.SUPERVISOR: frozenset(
        {
            _P.INCIDENT_READ,
            _P.INCIDENT_WRITE,
            _P.EVIDENCE_READ,
            _P.EVIDENCE_ADD,
            _P.EVIDENCE_EXPORT,
            _P.ANALYSIS_RETRY,
            _P.TRANSCRIPT_CORRECT,
            _P.REPORT_READ,
            _P.REPORT_WRITE,
            _P.REPORT_REVIEW,
            _P.REPORT_BUNDLE,
            _P.WARNING_OWN,
            _P.WARNING_UNIT,
            _P.WARNING_LISTEN,
            _P.EVIDENCE_CATEGORISE,
            _P.HOLD_MANAGE,
            _P.RELEASE_CLOCK,
            _P.PEOPLE_READ,
            _P.PEOPLE_WRITE,
            _P.PEOPLE_MERGE,
            _P.PEOPLE_REVEAL,
        }
    ),
    Role.INTERNAL_AFFAIRS: frozenset(
        {
            _P.INCIDENT_READ,
            _P.EVIDENCE_READ,
            _P.TRANSCRIPT_CORRECT,
            _P.EVIDENCE_EXPORT,
            _P.REPORT_READ,
            _P.WARNING_READ,
            _P.WARNING_DECIDE,
            _P.WARNING_LISTEN,
            _P.LEDGER_READ,
            _P.LEDGER_REVIEW,
            _P.HOLD_MANAGE,
            _P.PEOPLE_READ,
            _P.PEOPLE_REVEAL,
        }
    ),
    Role.RECORDS: frozenset(
        {
            _P.INCIDENT_READ,
            _P.EVIDENCE_READ,
            _P.TRANSCRIPT_CORRECT,
            _P.EVIDENCE_EXPORT,
            _P.REPORT_READ,
            _P.REPORT_FILE,
            _P.REPORT_BUNDLE,
            _P.NIBRS_SUBMIT,
            _P.LEDGER_READ,
            _P.LEDGER_REVIEW,
            _P.RETENTION_READ,
            _P.RETENTION_MANAGE,
            _P.EVIDENCE_CATEGORISE,
            _P.HOLD_MANAGE,
            _P.RELEASE_CLOCK,
            _P.PEOPLE_READ,
            _P.PEOPLE_MERGE,
            _P.PEOPLE_REVEAL,
        }
    ),
    Role.ADMINISTRATOR: frozenset(
        {
            _P.ACCOUNT_MANAGE,
            _P.AGENCY_RULES,
            _P.ANALYSIS_FIGURES,
            _P.STYLES_READ,
            _P.LEDGER_READ,
            _P.RETENTION_READ,
            _P.RETENTION_MANAGE,
        }
    ),
}


def allowed(role: Role, permission: Permission) -> bool:
    """Whether `role` has `permission`."""
    return permission in (_P.PUBLIC, _P.SIGNED_IN) or permission in POLICY[role]


View = TypeVar("View", bound=Callable[..., Any])


def require(permission: Permission) -> Callable[[View], View]:
    """Marks a route with the permission it needs and hands it the Actor as keyword `actor`.

    PUBLIC routes get no actor. Without a session: SignInRequired; without the permission: Forbidden.
    """

    def mark(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            if permission is _P.PUBLIC:
                return view(*args, **kwargs)
            return view(*args, actor=_permitted_actor(permission), **kwargs)

        guarded.permission = permission  # type: ignore[attr-defined]
        return guarded  # type: ignore[return-value]

    return mark


def _permitted_actor(permission: Permission) -> Any:
    from app.core.errors import Forbidden, SignInRequired

    actor = g.get("actor")
    if actor is None:
        raise SignInRequired(N_("Sign in first."))
    if permission is not _P.SIGNED_IN and not actor.may(permission):
        remedy = N_("Ask an administrator if you need it for your work.")
        raise Forbidden(N_("Your role does not include this."), remedy=remedy)
    return actor
