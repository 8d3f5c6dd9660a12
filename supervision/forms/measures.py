"""What each measure of the ladder asks for. Every form is given its case: the clauses, departments
and persons to choose from are those of its agreement and institution.
"""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agency.forms import DayInput
from agency.forms.files import FilesField
from agreements.enums.life import SuspensionGround
from institutions.models import Department, Practitioner, RosterEntry
from supervision.enums.cases import AgreementAct, Rung, Target
from supervision.enums.interviews import MoneyAct
from supervision.forms.cases import LONG_TEXT, grounds, text_area
from supervision.models import Case
from supervision.services.clauses import BreachClause, breach_clauses


def labelled(option: BreachClause) -> str:
    words = option.wording
    return f"{words} · {option.damages}" if option.damages else words


class MeasureForm(forms.Form):
    """What every measure needs; subclasses add what their rung needs."""

    rung = Rung.INTERVIEW
    text_clause = forms.TypedChoiceField(
        label=gettext_lazy("Breached clause of the agreement"),
        coerce=int,
        help_text=gettext_lazy("Clauses of the signed text that allow this measure."),
    )
    clause = forms.CharField(
        label=gettext_lazy("Breached clause of the agreement"),
        max_length=120,
        help_text=gettext_lazy("No clause of a signed text to choose from: name it in words."),
    )
    evidence = forms.CharField(
        label=gettext_lazy("Evidence of the breach"), widget=text_area(), max_length=LONG_TEXT
    )
    attachments = FilesField(label=gettext_lazy("Evidence files"))

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.case = case
        self.options = {
            each.clause.pk: each for each in breach_clauses(case.agreement_id, self.rung)
        }
        if self.options:
            del self.fields["clause"]
            choices: Any = self.fields["text_clause"]
            choices.choices = [("", "—")] + [
                (pk, labelled(each)) for pk, each in self.options.items()
            ]
        else:
            del self.fields["text_clause"]

    @property
    def option(self) -> BreachClause | None:
        """The clause chosen, once cleaned."""
        return self.options.get(self.cleaned_data.get("text_clause", 0))

    def facts(self) -> dict[str, Any]:
        """Return the fields of the measure."""
        given = {name: value for name, value in self.cleaned_data.items() if name != "attachments"}
        if "text_clause" in given:
            given["text_clause_id"] = given.pop("text_clause")
        return {"rung": self.rung, **given}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        starts, ends = cleaned.get("starts_on"), cleaned.get("ends_on")
        if starts and ends and ends < starts:
            self.add_error("ends_on", _("The last day must not lie before the first."))
        return cleaned


class AmountMeasureForm(MeasureForm):
    amount = forms.DecimalField(
        label=gettext_lazy("Amount (CNY)"), max_digits=16, decimal_places=2, min_value=0.01
    )
    field_order = ["text_clause", "clause", "money_act", "release_when", "base", "amount"]


class WithholdForm(AmountMeasureForm):
    rung = Rung.WITHHOLD
    money_act = forms.ChoiceField(
        label=gettext_lazy("Payment is"),
        choices=[(each.value, each.label) for each in (MoneyAct.WITHHOLD, MoneyAct.REFUSE_PAYMENT)],
        widget=forms.RadioSelect,
        initial=MoneyAct.WITHHOLD,
    )
    release_when = forms.CharField(
        label=gettext_lazy("Withheld until"),
        max_length=200,
        required=False,
        help_text=gettext_lazy(
            "What must have happened before it is released; only where payment is suspended."
        ),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("money_act") != MoneyAct.WITHHOLD:
            cleaned["release_when"] = ""
        elif not cleaned.get("release_when", "").strip():
            self.add_error("release_when", _("Say until when the payment is withheld."))
        return cleaned


class RefuseForm(AmountMeasureForm):
    rung = Rung.REFUSE
    money_act = forms.ChoiceField(
        label=gettext_lazy("The fees are"),
        choices=[(each.value, each.label) for each in (MoneyAct.RECOVER, MoneyAct.REFUSE_FEES)],
        widget=forms.RadioSelect,
        initial=MoneyAct.RECOVER,
    )


class DamagesForm(AmountMeasureForm):
    """Liquidated damages: what the clause's rate makes of the amount involved is proposed, never
    taken over by itself.
    """

    rung = Rung.DAMAGES
    base = forms.DecimalField(
        label=gettext_lazy("Amount involved (CNY)"),
        max_digits=16,
        decimal_places=2,
        min_value=0.01,
        required=False,
        help_text=gettext_lazy("What the rate of the clause is applied to."),
    )
    amount = forms.DecimalField(
        label=gettext_lazy("Amount (CNY)"),
        max_digits=16,
        decimal_places=2,
        min_value=0.01,
        required=False,
        help_text=gettext_lazy("Empty: what the clause makes of the amount involved is proposed."),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self.errors:
            return cleaned
        base, amount = cleaned.pop("base", None), cleaned.get("amount")
        proposed = self.option.proposes(base) if self.option and base else None
        if amount is None:
            self._propose(proposed)
            return cleaned
        cleaned["reckoning"] = self._reckoning(base, proposed)
        return cleaned

    def _propose(self, proposed: Decimal | None) -> None:
        if proposed is None:
            self.add_error("amount", _("No rate to reckon with: enter the amount."))
            return
        # The proposal stands in the field, for the officer to confirm or to change.
        given: Any = self.data
        self.data = given = given.copy()
        given["amount"] = str(proposed)
        text = _("The clause proposes %(amount)s yuan. Confirm it, or enter what you decide.")
        self.add_error("amount", text % {"amount": f"{proposed:,.2f}"})

    def _reckoning(self, base: Decimal | None, proposed: Decimal | None) -> str:
        if base is None or proposed is None or self.option is None:
            return ""
        text = _("%(terms)s of %(base)s yuan: %(proposed)s yuan proposed.")
        facts = {
            "terms": self.option.damages,
            "base": f"{base:,.2f}",
            "proposed": f"{proposed:,.2f}",
        }
        return text % facts


class PersonForm(MeasureForm):
    rung = Rung.PERSON
    target = forms.ChoiceField(label=gettext_lazy("Whom"), choices=Target, widget=forms.RadioSelect)
    person = forms.CharField(
        label=gettext_lazy("Person"),
        max_length=80,
        required=False,
        help_text=gettext_lazy("National staff code, or the name as it stands on the roster."),
    )
    department = forms.ModelChoiceField(
        label=gettext_lazy("Department"), queryset=Department.objects.none(), required=False
    )
    starts_on = forms.DateField(label=gettext_lazy("From"), widget=DayInput())
    ends_on = forms.DateField(
        label=gettext_lazy("Up to and including"),
        widget=DayInput(),
        required=False,
        help_text=gettext_lazy("Empty: for good."),
    )
    field_order = ["text_clause", "clause", "target", "person", "department", "starts_on"]

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, case=case, **kwargs)
        departments: Any = self.fields["department"]
        departments.queryset = Department.objects.open_on(timezone.localdate()).filter(
            institution=case.institution_id
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        typed = cleaned.pop("person", "").strip()
        if cleaned.get("target") == Target.PERSON:
            cleaned["department"] = None
            cleaned["practitioner"] = self._practitioner(typed)
        elif cleaned.get("target") == Target.DEPARTMENT:
            cleaned["practitioner"] = None
            if cleaned.get("department") is None:
                self.add_error("department", _("Choose the department."))
        return cleaned

    def _practitioner(self, typed: str) -> Practitioner | None:
        if not typed:
            self.add_error("person", _("Enter the staff code or the name of the person."))
            return None
        found = self._found(typed)
        if len(found) == 1:
            return found[0]
        if found:
            codes = ", ".join(each.staff_code or "—" for each in found)
            text = _("Several persons have this name; enter one of the codes %(codes)s.")
            self.add_error("person", text % {"codes": codes})
        else:
            text = _("Nobody on the roster of %(institution)s is found by “%(typed)s”.")
            facts = {"institution": self.case.institution.name, "typed": typed}
            self.add_error("person", text % facts)
        return None

    def _found(self, typed: str) -> list[Practitioner]:
        roster = RosterEntry.objects.on(timezone.localdate()).filter(
            institution=self.case.institution_id
        )
        people = Practitioner.objects.filter(pk__in=roster.values("practitioner"))
        by_code = people.filter(staff_code=typed.upper())
        found = by_code if by_code.exists() else people.filter(person__name=typed)
        return list(found.select_related("person").order_by("pk")[:9])


class SuspendForm(MeasureForm):
    rung = Rung.AGREEMENT
    suspension_ground = forms.ChoiceField(
        label=gettext_lazy("Ground of suspension"),
        choices=[each for each in SuspensionGround.choices if each[0] != SuspensionGround.REQUEST],
    )
    starts_on = forms.DateField(label=gettext_lazy("From"), widget=DayInput())
    ends_on = forms.DateField(label=gettext_lazy("Up to and including"), widget=DayInput())
    field_order = ["text_clause", "clause", "suspension_ground", "starts_on", "ends_on"]

    def facts(self) -> dict[str, Any]:
        return {**super().facts(), "agreement_act": AgreementAct.SUSPEND}


class DissolveForm(MeasureForm):
    rung = Rung.AGREEMENT
    dissolution_ground = forms.TypedChoiceField(
        label=gettext_lazy("Ground of dissolution"),
        coerce=int,
        choices=grounds,
    )
    starts_on = forms.DateField(
        label=gettext_lazy("First day without agreement"), widget=DayInput()
    )
    field_order = ["text_clause", "clause", "dissolution_ground", "starts_on"]

    def facts(self) -> dict[str, Any]:
        return {**super().facts(), "agreement_act": AgreementAct.DISSOLVE}


# The ladder, in its order; the key is part of the page's address.
MEASURE_FORMS: dict[str, type[MeasureForm]] = {
    "interview": MeasureForm,
    "withhold": WithholdForm,
    "refuse": RefuseForm,
    "damages": DamagesForm,
    "person": PersonForm,
    "suspend": SuspendForm,
    "dissolve": DissolveForm,
}
