"""How a person wants to be told, and where mails go."""

from typing import Any

import django_filters
from django import forms
from django.utils.translation import gettext_lazy as _

from agency.enums import Delivery, OutboxState
from agency.models import Notice, OutboxMessage
from agency.topics import TOPICS, Topic

READ = [("unread", _("Unread")), ("read", _("Read"))]


class PreferencesForm(forms.Form):
    """One choice for each topic; those with effects in law are shown, and stay."""

    def __init__(self, *args: Any, topics: list[Topic], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for each in topics:
            self.fields[each.code] = forms.ChoiceField(
                label=str(each.label),
                choices=Delivery.choices,
                disabled=each.mandatory,
                help_text=_("Always at once: it has effects in law.") if each.mandatory else "",
            )


class AddressForm(forms.Form):
    email = forms.EmailField(
        label=_("Mail address"),
        required=False,
        max_length=254,
        help_text=_("A mail with a link goes there first; empty: no mails at all."),
    )


class NoticeFilter(django_filters.FilterSet):
    read = django_filters.ChoiceFilter(
        label=_("Read or not"), choices=READ, method="filter_read", empty_label=_("All")
    )
    topic = django_filters.ChoiceFilter(label=_("Topic"), choices=[], empty_label=_("All"))

    class Meta:
        model = Notice
        fields = ["read", "topic"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.form.fields["topic"].choices = topic_choices()

    def filter_read(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(read_at__isnull=value == "unread")


class OutboxFilter(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(
        label=_("State"), choices=OutboxState.choices, empty_label=_("All")
    )
    topic = django_filters.ChoiceFilter(label=_("Topic"), choices=[], empty_label=_("All"))
    address = django_filters.CharFilter(label=_("Address"), lookup_expr="iexact")

    class Meta:
        model = OutboxMessage
        fields = ["state", "topic", "address"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.form.fields["topic"].choices = topic_choices()


def topic_choices() -> list[tuple[str, Any]]:
    return [("", _("All")), *((each.code, each.label) for each in TOPICS.values())]
