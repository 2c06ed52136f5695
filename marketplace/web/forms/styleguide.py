"""A form with one of each field, for the style guide."""

from django import forms

from marketplace.web.forms.widgets import Amount, DateParts, Measure

CROPS = [("maize", "White maize"), ("sorghum", "Red sorghum"), ("millet", "Pearl millet")]


class SampleForm(forms.Form):
    name = forms.CharField(
        label="Name of the co-operative", help_text="As it is written on the certificate."
    )
    price = forms.DecimalField(
        label="Price per tonne", widget=Amount("USD"), help_text="For example, 285.50"
    )
    amount = forms.DecimalField(label="Quantity that you can deliver", widget=Measure("t"))
    crop = forms.ChoiceField(label="Crop", choices=CROPS)
    delivery = forms.ChoiceField(
        label="How will you deliver?",
        choices=[("own", "With our own truck"), ("hired", "With a hired truck")],
        widget=forms.RadioSelect,
    )
    months = forms.MultipleChoiceField(
        label="When can you deliver?",
        help_text="Choose every month that suits you.",
        choices=[("5", "May"), ("6", "June"), ("7", "July")],
        widget=forms.CheckboxSelectMultiple,
    )
    harvested = forms.DateField(
        label="Date of harvest", widget=DateParts, help_text="For example, 27 4 2026"
    )
    certificate = forms.FileField(
        label="Moisture certificate", help_text="PDF, JPEG or PNG, 5 MB at most."
    )
    remarks = forms.CharField(label="Remarks", widget=forms.Textarea({"rows": 4}), required=False)
    agree = forms.BooleanField(label="I may sign for this co-operative.")
