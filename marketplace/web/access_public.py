"""The rows of the public's, tenderers', account and auditors' pages in the permission table."""

from marketplace.accounts.roles import Permission
from marketplace.web.access_words import PUBLIC

PUBLIC_SIDE: dict[str, str | Permission] = {
    "home": PUBLIC,
    "choose_language": PUBLIC,
    "styleguide": PUBLIC,
    "styleguide_question": PUBLIC,
}
