"""The links that every page shows: a link appears as soon as its URL name exists."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

SERVICE = (
    ("tender_list", _("Tenders")),
    ("results", _("Results")),
    ("statistics", _("Prices and figures")),
    ("grade_choose", _("Grade my produce")),
    ("verify", _("Check the record")),
)
FOOTER = (
    ("help", _("Help")),
    ("standards", _("Standards of quality")),
    ("accessibility", _("Accessibility")),
    ("checkpoint", _("Latest checkpoint")),
    ("open_data", _("Open data")),
    ("api_docs", _("For programs (API)")),
    ("status", _("Service status")),
)
ACCOUNT = (
    ("dashboard", _("My tasks")),
    ("my_data", _("What is kept about me")),
    ("my_phone", _("Telephone")),
    ("notifications", _("Messages to me")),
    ("searches", _("Saved searches")),
    ("account_email", _("E-mail addresses")),
    ("account_change_password", _("Password")),
    ("mfa_index", _("Two-step sign-in")),
    ("account_logout", _("Sign out")),
)


@dataclass(frozen=True)
class Link:
    title: str
    href: str
    current: bool


def links(entries: tuple, path: str) -> list[Link]:
    """Return the links of `entries` whose URL exists; `current` where `path` lies below one."""
    found = []
    for name, title in entries:
        try:
            href = reverse(name)
        except NoReverseMatch:
            continue
        found.append(Link(str(title), href, path.startswith(href)))
    return found


def for_page(request: HttpRequest) -> dict[str, list[Link]]:
    path = request.path
    return {
        "service_links": links(SERVICE, path),
        "footer_links": links(FOOTER, path),
        "account_links": links(ACCOUNT, path) if request.user.is_authenticated else [],
    }
