"""Customers, people, sign-in: what other features and the pages may ask for."""

from portal.accounts.service.customers import (
    before_moving,
    change_customer,
    create_customer,
    customer,
    customer_by_code,
    customers_by_id,
    customers_page,
    ids_by_code,
    lock_customer,
)
from portal.accounts.service.invitations import (
    accept_as,
    accept_as_new,
    invitation,
    invitation_link,
    invite,
    send_again,
    take_back,
)
from portal.accounts.service.invitations import waiting as invitations_of
from portal.accounts.service.links import (
    first_admin_link,
    link_holder,
    password_link,
    send_forgotten_link,
    send_invitation,
    set_password_by_link,
)
from portal.accounts.service.members import change_member, member, members_of, remove_member, spending_limit_of
from portal.accounts.service.notices import mark_notices_read, notices_of
from portal.accounts.service.passwords import hash_password
from portal.accounts.service.people import (
    change_name,
    change_password,
    create_user,
    memberships_of,
    names_of,
    set_staff_roles,
    staff_with,
    switch_user,
    user_info,
    users_of,
)
from portal.accounts.service.sessions import (
    act_for,
    end_other_sessions,
    identify,
    seen,
    sessions_of,
    sign_in,
    sign_out,
)
from portal.accounts.service.tokens import issue as issue_token
from portal.accounts.service.tokens import program, token_used, tokens_of
from portal.accounts.service.tokens import revoke as revoke_token

__all__ = [
    "accept_as",
    "accept_as_new",
    "act_for",
    "before_moving",
    "change_customer",
    "change_member",
    "change_name",
    "change_password",
    "create_customer",
    "create_user",
    "customer",
    "customer_by_code",
    "customers_by_id",
    "customers_page",
    "end_other_sessions",
    "first_admin_link",
    "hash_password",
    "identify",
    "ids_by_code",
    "invitation",
    "invitation_link",
    "invitations_of",
    "invite",
    "issue_token",
    "link_holder",
    "lock_customer",
    "mark_notices_read",
    "member",
    "members_of",
    "memberships_of",
    "names_of",
    "notices_of",
    "password_link",
    "program",
    "remove_member",
    "revoke_token",
    "seen",
    "send_again",
    "send_forgotten_link",
    "send_invitation",
    "sessions_of",
    "set_password_by_link",
    "set_staff_roles",
    "sign_in",
    "sign_out",
    "spending_limit_of",
    "staff_with",
    "switch_user",
    "take_back",
    "token_used",
    "tokens_of",
    "user_info",
    "users_of",
]
