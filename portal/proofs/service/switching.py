"""What staff switch for all proofs: everything to a person, and how large a share of accepts a person looks at again."""

from __future__ import annotations

from dataclasses import replace

from portal.platform import config
from portal.platform.settings import Switch
from portal.proofs.types import Verdict, VerdictCode

REVIEW_ALL = Switch("proofs.review_all", default=False)
#: in ten-thousandths of the automatic accepts: 500 are 5 %
AUDIT_SHARE = Switch("proofs.audit_share", default=500)
#: the name under which the switch stands among the inputs of a verdict
HELD = "review_all"


def everything_to_people() -> bool:
    """Whether nothing may be verified without a person, by the environment or by the switch of the staff page.

    The answer holds until the transaction ends: a judgement that began before the switch was thrown is over before it.
    Source: design.md 6 (a switch sends all proofs to review); docs/rules/learning.md, L7.
    """
    return config.current().review_all_proofs or REVIEW_ALL.now()


def cautious(found: Verdict, *, held: bool) -> Verdict:
    """With the switch on, what the rules would verify goes to a person; the rest stays as it is."""
    if held and found.verdict is VerdictCode.VERIFIED:
        return replace(found, verdict=VerdictCode.REVIEW)
    return found
