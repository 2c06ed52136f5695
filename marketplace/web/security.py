"""What follows when a person changes how he signs in; told by the signals of the sign-in pages.

A rule of buying never hangs on a signal. These are events of the shell, and its library offers
no other place to hear of them.
"""

from typing import Any

from allauth.account import signals as account
from allauth.mfa import signals as factors
from axes.utils import reset
from django.contrib.auth import update_session_auth_hash
from django.dispatch import receiver
from django.http import HttpRequest

from marketplace.accounts import keys
from marketplace.accounts.models import User


@receiver([account.password_changed, account.password_set, account.password_reset])
def end_keys(sender: Any, user: User, **rest: Any) -> None:
    """A new password ends the keys made under the old one; its sessions end by Django's hand."""
    keys.end_all(user)


@receiver(account.password_reset)
def forget_failures(sender: Any, user: User, **rest: Any) -> None:
    """Whoever holds the mailbox is the person: no stranger's failures keep him out any longer."""
    reset(username=user.email)


@receiver([factors.authenticator_added, factors.authenticator_removed, factors.authenticator_reset])
def end_sessions_and_keys(sender: Any, request: HttpRequest, user: User, **rest: Any) -> None:
    """What was signed in under the old factors ends, but for the session that changes them."""
    keys.end_all(user)
    keys.end_sessions(user)
    update_session_auth_hash(request, user)
