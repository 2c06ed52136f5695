"""One operation a POST: its refusal lands beside the field that can mend it."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from marketplace.errors import MusikaError, NotFound, NotPermitted

Made = TypeVar("Made")


class Act(forms.Form):
    """A form without fields, for a page whose only input is its button."""


def perform(
    request: HttpRequest, form: forms.BaseForm, call: Callable[[], Made], *, success: str = ""
) -> Made | None:
    """Return what the operation returned, or None after its refusal was put on `form`.

    `form` is bound. `success` is shown on the next page. An operation that returns nothing
    counts as refused here: let `call` return something true.
    """
    try:
        made = call()
    except MusikaError as error:
        refuse(form, error)
        return None
    if success:
        messages.success(request, success)
    return made


def refuse(form: forms.BaseForm, error: MusikaError) -> None:
    """Show a refusal beside the field that `where` names, else above the form."""
    last = (error.where or "").rsplit(".", 1)[-1]
    names = (error.where, last, f"maximum_{last}", f"text_{last}")
    field = next((name for name in names if name in form.fields), None)
    form.errors  # noqa: B018 - cleans the form, without which it takes no further error
    form.add_error(field, sentence(error))


def sentence(error: MusikaError) -> str:
    """What is wrong and how to mend it."""
    return f"{error.message} {error.remedy}" if error.remedy else error.message


def sent(request: HttpRequest) -> QueryDict | None:
    """What was sent with a POST, also when that is nothing; None for a form not sent yet."""
    return request.POST if request.method == "POST" else None


def question(
    request: HttpRequest,
    form: forms.BaseForm,
    call: Callable[[], Any],
    *,
    to: str | Callable[[Any], str],
    success: str = "",
    template: str = "web/layouts/question.html",
    **context: Any,
) -> HttpResponse:
    """Ask one thing; a good answer makes one operation and goes on to `to` (a path)."""
    if form.is_bound and form.is_valid():
        made = perform(request, form, call, success=success)
        if made is not None:
            return redirect(to(made) if callable(to) else to)
    return render(request, template, {"form": form, **context})


def page(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A page for people who are signed in; `view` may refuse by raising a MusikaError."""
    # Private pages stay out of the memory of a shared phone.
    return never_cache(login_required(explained(view)))


def explained(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Turn refusals that escape `view` into pages that say why: 404, 403, or 409 for the rest."""

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except NotFound as error:
            raise Http404(error.message) from error
        except MusikaError as error:
            status = 403 if isinstance(error, NotPermitted) else 409
            return render(request, "web/refused.html", {"error": error}, status=status)

    return inner
