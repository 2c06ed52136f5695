"""Money, quantities, instants and states as people read them. Exact: no float passes through."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django import forms, template
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.web import statuses
from procurement.rules import words
from procurement.rules.words import grouped

register = template.Library()
NOTHING = "–"
# No-break space: an amount never parts from its currency at the end of a line.
NBSP = "\u00a0"
Number = Decimal | int | str
STYLES = {"short": words.short, "date": words.day}


def exact(value: Number) -> Decimal:
    """Return the value as a Decimal; a float is refused, for it has lost digits already."""
    if isinstance(value, float):
        raise TypeError("A float cannot be shown as money or quantity: pass a Decimal.")
    return Decimal(value)


@register.filter
def number(value: Number | None) -> str:
    """Group an exact number without changing any digit; an en dash for none."""
    return NOTHING if value is None or value == "" else grouped(exact(value))


@register.simple_tag
def money(amount: Number | None, currency: str = "USD") -> SafeString | str:
    """Show `USD 1,234.50`; every decimal that was given is shown, two at the least."""
    if amount is None or amount == "":
        return NOTHING
    shown = words.money(exact(amount), currency).replace(" ", NBSP)
    return format_html('<span class="money">{}</span>', shown)


@register.simple_tag
def quantity(amount: Number | None, unit: str = "") -> SafeString | str:
    """Show `1,250 kg`, without trailing zeros after the point."""
    if amount is None or amount == "":
        return NOTHING
    shown = words.amount(exact(amount))
    return format_html('<span class="quantity">{}{}{}</span>', shown, NBSP if unit else "", unit)


@register.simple_tag
def instant(value: datetime | None, style: str = "long") -> SafeString | str:
    """Show an instant in the service's zone, named. Styles: long, short, date (no hour)."""
    if value is None:
        return NOTHING
    zone = timezone.get_current_timezone() or ZoneInfo(settings.TIME_ZONE)
    said = STYLES.get(style, words.instant)(value, zone, _)
    # The zone stays with its hour; a day alone may break anywhere.
    shown = said if style == "date" else NBSP.join(said.rsplit(" ", 1))
    machine = value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return format_html('<time datetime="{}">{}</time>', machine, shown)


def in_words(span: timedelta) -> str:
    """Say a positive span in its two largest units, cut, never rounded up."""
    minutes = int(span.total_seconds() // 60)
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = [
        ngettext("%d day", "%d days", days) % days if days else "",
        ngettext("%d hour", "%d hours", hours) % hours if hours else "",
        ngettext("%d minute", "%d minutes", minutes) % minutes if minutes and not days else "",
    ]
    return " ".join(part for part in parts if part) or _("less than a minute")


@register.simple_tag(takes_context=True)
def remaining(
    context: template.Context, until: datetime | None, before: str = "", after: str = ""
) -> str:
    """Say `closes in 3 days 4 hours`, or `closed 2 hours ago`, from the request's `now`.

    `before` and `after` replace the words `closes in` and `closed`. At the very instant the
    period is over: periods are half-open.
    """
    now = context.get("now")
    if until is None or now is None:
        return ""
    if now < until:
        return f"{before or _('closes in')} {in_words(until - now)}"
    return _("%(done)s %(span)s ago") % {
        "done": after or _("closed"),
        "span": in_words(now - until),
    }


@register.simple_tag
def status_tag(status: str, word: str = "") -> SafeString:
    """Show a state as a word on a colour; the word alone carries the meaning."""
    colour, known = statuses.look(str(status))
    return format_html('<span class="tag tag--{}">{}</span>', colour, word or known)


@register.filter
def sums(sentence: str, currency: str) -> str:
    """A sentence of the evaluation with its sums as pages write them."""
    return words.sums(sentence, currency)


@register.filter
def role_word(role: str) -> str:
    """The role in words: `accounting_officer` is no word."""
    return statuses.look(role)[1]


@register.inclusion_tag("web/components/working.html")
def working(steps: list, result: str = "", title: str = "") -> dict:
    """Show the arithmetic behind a figure.

    `steps` is a list of (what, formula, value) texts in the order of calculation.
    """
    return {"steps": steps, "result": result, "title": title or _("How this was worked out")}


@register.filter
def later(value: datetime, span: timedelta) -> datetime:
    """Return the instant `span` after `value`."""
    return value + span


@register.filter
def get(mapping: dict, key: str) -> object:
    """Read a key that a template cannot spell (`row|get:column.key`)."""
    return mapping.get(key, "")


@register.filter
def plain(form: forms.BaseForm) -> forms.BaseForm:
    """Take placeholders away: they repeat the label and vanish when it is needed."""
    for field in form.fields.values():
        field.widget.attrs.pop("placeholder", None)
    return form


@register.filter
def error_target(field: forms.BoundField) -> str:
    """Return the id that a link in the error summary must lead to: the first box of a group."""
    return f"{field.auto_id}_0" if field.use_fieldset else str(field.auto_id)


def with_body(name: str, content: str, **parameters: object) -> SafeString:
    return render_to_string(f"web/components/{name}.html", {"body": content, **parameters})


@register.simple_block_tag
def inset(content: str) -> SafeString:
    """`{% inset %}…{% endinset %}`: a remark that stands apart from the text."""
    return with_body("inset", content)


@register.simple_block_tag
def details(content: str, summary: str, is_open: bool = False) -> SafeString:
    """`{% details "Why do we ask?" %}…{% enddetails %}`: text on demand."""
    return with_body("details", content, summary=summary, is_open=is_open)


@register.simple_block_tag
def banner(content: str, kind: str = "information", title: str = "") -> SafeString:
    """`{% banner "warning" "Bids close today" %}…{% endbanner %}`."""
    return with_body("banner", content, kind=kind, title=title)
