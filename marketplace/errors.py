"""The base of every refusal: what, where, and how to mend it, under a stable code."""


class MusikaError(Exception):
    """A refusal that a person or a program can act on.

    `code` is stable and kebab-case; `where` names the field, row or object; `remedy` says what
    would make it work. Subclasses sit beside what raises them; each shell maps them in one place.
    """

    code = "refused"

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        where: str | None = None,
        remedy: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or type(self).code
        self.where = where
        self.remedy = remedy


class NotPermitted(MusikaError):
    """The person lacks the permission, or separation of duties forbids it."""

    code = "not-permitted"


class NotNow(MusikaError):
    """The lifecycle or the clock forbids it at this instant."""

    code = "not-now"


class Invalid(MusikaError):
    """What was sent cannot be accepted as it is."""

    code = "invalid"


class Conflict(MusikaError):
    """Somebody else changed it first, or the same key was used for something else."""

    code = "conflict"


class NotFound(MusikaError):
    """There is no such thing, or it is not yours to see: both answer alike."""

    code = "not-found"
