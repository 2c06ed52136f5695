"""An evaluator's findings on one bid: for each gate whether it is met, and why not."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from marketplace.web.forms.widgets import owed
from procurement.models import Criterion, GateDecision

MET = (("yes", _("Met")), ("no", _("Not met")))


class FindingsForm(forms.Form):
    """Boxes `met_N` and `reason_N` for gate N; gates left open stay open."""

    def __init__(
        self, data: Any, *, gates: Sequence[Criterion], found: Mapping[int, GateDecision]
    ) -> None:
        super().__init__(data)
        self.gates, self.found = list(gates), found
        for gate in self.gates:
            self._add(gate, found.get(gate.pk))

    def _add(self, gate: Criterion, finding: GateDecision | None) -> None:
        initial = {True: "yes", False: "no"}[finding.passed] if finding else None
        # May stay open for now; the lot is not evaluated before every finding is there.
        self.fields[f"met_{gate.number}"] = owed(
            forms.ChoiceField(
                label=gate.title,
                help_text=gate.source,
                choices=MET,
                required=False,
                initial=initial,
                widget=forms.RadioSelect,
            )
        )
        self.fields[f"reason_{gate.number}"] = owed(
            forms.CharField(
                label=_("If it is not met, why? %s") % gate.title,
                required=False,
                max_length=2000,
                initial=finding.reason if finding else "",
                widget=forms.Textarea({"rows": 2}),
                help_text=_("Needed when you choose “Not met”: the bidder is told."),
            )
        )

    def rows(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        return [(self[f"met_{g.number}"], self[f"reason_{g.number}"]) for g in self.gates]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        for gate in self.gates:
            if said.get(f"met_{gate.number}") == "no" and not said.get(f"reason_{gate.number}"):
                self.add_error(
                    f"reason_{gate.number}",
                    _("Say why “%s” is not met; the bidder is told.") % gate.title,
                )
        return said

    def findings(self) -> dict[Criterion, tuple[bool, str]]:
        """What is new or differs from what was found before."""
        return {
            gate: (met == "yes", reason)
            for gate in self.gates
            if (met := self.cleaned_data[f"met_{gate.number}"])
            and not self._same(gate, met == "yes", reason := self._reason(gate, met))
        }

    def _reason(self, gate: Criterion, met: str) -> str:
        return self.cleaned_data[f"reason_{gate.number}"] if met == "no" else ""

    def _same(self, gate: Criterion, passed: bool, reason: str) -> bool:
        known = self.found.get(gate.pk)
        return known is not None and (known.passed, known.reason) == (passed, reason)
