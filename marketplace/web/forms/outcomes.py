"""What a list of results is narrowed by. An unknown word narrows nothing and is no error."""

from collections.abc import Sequence

from django.http import QueryDict
from django.utils.translation import gettext as _

Choices = Sequence[tuple[str, str]]


def chosen(given: QueryDict, name: str, choices: Choices) -> str:
    """The value given for `name`, if it is one that is offered; else nothing."""
    value = given.get(name, "")
    return value if value in {known for known, _title in choices} else ""


def options(choices: Choices, current: str) -> list[dict[str, object]]:
    """The options of a select, with “All” first."""
    everything = [("", _("All"))]
    return [
        {"value": value, "title": title, "chosen": value == current}
        for value, title in [*everything, *choices]
    ]
