"""What we say about ourselves, and messages that people leave for us."""

from portal.content.service.facts import change_company, company, company_known, known_before
from portal.content.service.messages import (
    answer_message,
    answers_to,
    assign_message,
    close_message,
    leave_message,
    mark_answered,
    message,
    messages_page,
    waiting_messages,
)
from portal.content.service.writing import (
    all_pieces,
    checked,
    differences,
    frame,
    frame_of,
    piece_info,
    register_frame,
    restore,
    shown,
    version_of,
    versions_of,
    write,
)

__all__ = [
    "all_pieces", "answer_message", "answers_to", "assign_message", "change_company", "checked", "close_message",
    "company", "company_known", "differences", "frame", "frame_of", "known_before", "leave_message", "mark_answered", "message",
    "messages_page", "piece_info", "register_frame", "restore", "shown", "version_of", "versions_of", "waiting_messages", "write",
]  # fmt: skip
