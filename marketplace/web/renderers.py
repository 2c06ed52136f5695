"""How every Django form looks here, without a line in the form itself."""

from django.forms.renderers import TemplatesSetting


class MusikaRenderer(TemplatesSetting):
    form_template_name = "web/forms/form.html"
    formset_template_name = "web/forms/formset.html"
    field_template_name = "web/components/field.html"
