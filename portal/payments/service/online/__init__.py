"""Payments by a gateway: handed over, told of by notices, ended by a janitor when nothing comes."""

from portal.payments.gateways import is_hosted
from portal.payments.service.online.beginning import begin, choices, handover, keep_page, of_token, open_page
from portal.payments.service.online.following import follow
from portal.payments.service.online.judging import (
    JUDGE,
    LONGEST_NOTICE,
    Verdict,
    give_up,
    judge,
    looks_genuine,
    posted,
    settle_notice,
    take_notice,
)
from portal.payments.service.online.lists import clearing_of, held, notices
from portal.payments.service.online.paying_out import record_payout
from portal.payments.service.online.sweeping import end, left_alone

__all__ = [
    "JUDGE",
    "LONGEST_NOTICE",
    "Verdict",
    "begin",
    "choices",
    "clearing_of",
    "end",
    "follow",
    "give_up",
    "handover",
    "held",
    "is_hosted",
    "judge",
    "keep_page",
    "left_alone",
    "looks_genuine",
    "notices",
    "of_token",
    "open_page",
    "posted",
    "record_payout",
    "settle_notice",
    "take_notice",
]
