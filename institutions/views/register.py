"""The lists of the register, at the desk and in public: searched, and as of a day."""

from datetime import date
from functools import cached_property
from typing import Any

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from agency.views.pages import KeysetList
from institutions.enums.register import Standing
from institutions.querysets.register import words_of
from institutions.services.search import cursor_of, former_names, read_cursor, search_register
from institutions.standings import having_standing, standings_of, terms_of


class RegisterList(KeysetList):
    """Institutions by name, or what was typed ranked; each with its standing on the chosen day."""

    order_field = "name"

    @cached_property
    def text(self) -> str:
        return self.request.GET.get("q", "")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        page = context["object_list"]
        standings = standings_of([each.pk for each in page], self.on)
        terms = terms_of([each.pk for each in page], self.on)
        formerly = former_names([each.pk for each in page if getattr(each, "is_former", False)])
        rows = [
            {
                "institution": each,
                "standing": standings.get(each.pk, Standing.NONE),
                "term": terms.get(each.pk),
                "formerly": formerly.get(each.pk, []),
            }
            for each in page
        ]
        return context | {"rows": rows, "on": self.on, "is_today": self.on == timezone.localdate()}

    def _page(self, rows: Any) -> list[Any]:
        form = self.filterset.form
        chosen = form.cleaned_data if form.is_valid() else {}
        self.on = self._day(form, chosen.get("on"))
        if standing := chosen.get("standing"):
            rows = having_standing(rows, Standing(standing), self.on)
        if not words_of(self.text):
            return super()._page(rows)
        after = self.request.GET.get("after")
        try:
            place = read_cursor(after) if after else None
        except (ValueError, TypeError) as error:
            raise Http404 from error
        hits = search_register(rows, self.text, after=place, size=self.page_size + 1)
        self._hits = {hit.institution.pk: hit for hit in hits}
        for hit in hits:
            hit.institution.is_former = hit.by_former_name  # type: ignore[attr-defined]
        return [hit.institution for hit in hits]

    def _cursor(self, row: Any) -> str:
        hit = getattr(self, "_hits", {}).get(row.pk)
        return cursor_of(hit) if hit else super()._cursor(row)

    def _day(self, form: Any, chosen: date | None) -> date:
        today = timezone.localdate()
        if chosen and chosen > today:
            form.add_error("on", _("That day has not come yet; shown is today."))
        return min(chosen or today, today)
