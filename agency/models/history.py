from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import ConcurrentTransitionMixin, FSMField, FSMFieldMixin


class StateField(FSMField):
    """The state of a subject: protected, moved by transitions only.

    Migrations and event tables see plain text. A state machine in every historical model connects
    a signal receiver each, which made migrating all apps take twice as long.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"protected": True, **kwargs})

    def deconstruct(self) -> Any:
        name, _path, args, kwargs = super().deconstruct()
        kwargs.pop("protected", None)
        return name, "django.db.models.CharField", args, kwargs


class Lifecycle(ConcurrentTransitionMixin, models.Model):
    """Base of every object with a protected state: saving after somebody else moved the state
    raises `ConcurrentTransition`.

    `refresh_from_db` is our own because the library's switches the protection off on the class
    while it reloads: other threads could then write the state, and after a failed refresh of a
    deleted row the protection stayed off for good.
    """

    class Meta:
        abstract = True

    def refresh_from_db(
        self,
        using: str | None = None,
        fields: Iterable[str] | None = None,
        from_queryset: Any = None,
    ) -> None:
        names = [
            each.attname for each in self._meta.concrete_fields if isinstance(each, FSMFieldMixin)
        ]
        # The descriptor accepts a first value: take the old one away, put it back on failure.
        old = {name: self.__dict__.pop(name) for name in names if name in self.__dict__}
        wanted = None if fields is None else set(fields)
        try:
            if wanted is None:
                deferred = self.get_deferred_fields() - set(old)
                fields = [
                    each.attname
                    for each in self._meta.concrete_fields
                    if each.attname not in deferred
                ]
            models.Model.refresh_from_db(
                self, using=using, fields=fields, from_queryset=from_queryset
            )
        finally:
            for name, value in old.items():
                if name not in self.__dict__:
                    self.__dict__[name] = value
        if wanted is None or wanted & set(names):
            self._update_initial_state()


class TransitionRecord(models.Model):
    """What happened to a subject: who, when, from, to, why, under which rule.

    Concrete tables add the subject's key (PROTECT, related_name="transitions"). Rows are written
    once; `on` is the day the act takes effect in law, `at` the instant it was recorded.
    """

    act = models.CharField(_("act"), max_length=60)
    source = models.CharField(pgettext_lazy("state", "from"), max_length=30, blank=True)
    target = models.CharField(pgettext_lazy("state", "to"), max_length=30)
    on = models.DateField(_("effective on"))
    at = models.DateTimeField(_("recorded at"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("Empty when the program acted by itself."),
    )
    reason = models.TextField(_("reason"), blank=True)
    rule = models.CharField(_("rule"), max_length=20, blank=True)

    class Meta:
        abstract = True
        ordering = ["at", "pk"]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d} {self.act}"
