"""The letters of an institution in the portal: read, confirmed, and on what consent."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import DetailView, View

from agency.enums import LetterState
from agency.home import Matter, desk_queue, navigation, portal_panel, portal_queue
from agency.letter_kinds import KINDS
from agency.models import User
from agency.rules import Obstacle
from agency.views.pages import ActPage, ActRequired, KeysetList
from institutions.forms import search_input
from institutions.models import ElectronicServiceConsent, Institution, InstitutionLetter
from institutions.panels import institution_panel
from institutions.permissions.letters import (
    CONFIRM_RECEIPT,
    GIVE_CONSENT,
    REVOKE_CONSENT,
    VIEW_OWN_LETTERS,
)
from institutions.rules import UNIT_WORDS
from institutions.services.letters import (
    confirm_receipt,
    consent_of,
    consent_text,
    give_consent,
    period_if_served,
    receipt_obstacles,
    revoke_consent,
    take_notice,
    unconfirmed_on,
)
from institutions.views.portal import OwnInstitution

SHOWN = 20

navigation("portal", _("Letters"), "institutions_portal:letters", VIEW_OWN_LETTERS, order=12)


class SignForm(forms.Form):
    """A signature: the signer's own name, and the password once more."""

    signed_name = forms.CharField(
        label=_("Your name, as signature"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password = forms.CharField(
        label=_("Your password, once more"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class OwnLetterFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(
        label=_("Number or matter"),
        method="matching",
        max_length=100,
        widget=search_input(_("Number or matter")),
    )
    state = django_filters.ChoiceFilter(
        label=_("State"),
        field_name="letter__state",
        choices=LetterState.choices,
        empty_label=_("all"),
    )
    unread = django_filters.BooleanFilter(
        label=_("Reading"),
        field_name="read_at",
        lookup_expr="isnull",
        widget=forms.Select(choices=[("", _("all")), ("true", _("unread")), ("false", _("read"))]),
    )

    class Meta:
        model = InstitutionLetter
        fields: list[str] = []

    def matching(self, rows: Any, name: str, text: str) -> Any:
        return rows.matching(text)


def to_confirm(user: User) -> QuerySet[InstitutionLetter]:
    """Letters of the user's institution that lie in the portal unconfirmed, the oldest first."""
    rows = InstitutionLetter.objects.visible_to(user).unconfirmed().with_letter()
    return rows.order_by("confirm_due_on", "pk")


@portal_queue
def letters_to_confirm(user: User, on: date) -> Iterator[Matter]:
    """Letters whose receipt the institution has yet to confirm."""
    if not VIEW_OWN_LETTERS.allows(user):
        return
    for own in to_confirm(user)[:SHOWN]:
        yield Matter(
            title=gettext("Letter %(number)s: %(title)s")
            % {"number": own.letter.number, "title": own.letter.title},
            institution=own.institution.name,
            state=LetterState(own.letter.state),
            url=own.get_portal_url(),
            act=CONFIRM_RECEIPT.label,
            due_on=own.confirm_due_on,
            provisional=bool(own.confirm_due_basis.get("provisional")),
        )


@desk_queue
def letters_to_serve_otherwise(user: User, on: date) -> Iterator[Matter]:
    """Letters that nobody has confirmed in the portal in time: they go by hand or by post."""
    kinds = issued_by_roles_of(user)
    if not kinds:
        return
    rows = unconfirmed_on(on).filter(letter__kind__in=kinds).with_letter()
    for own in rows.order_by("confirm_due_on", "pk")[:SHOWN]:
        yield Matter(
            title=gettext("Letter %(number)s: not confirmed in the portal")
            % {"number": own.letter.number},
            institution=own.institution.name,
            state=LetterState(own.letter.state),
            url=own.letter.get_absolute_url(),
            act=_("Serve by hand or post"),
            due_on=own.confirm_due_on,
        )


@desk_queue
def letters_of_the_program(user: User, on: date) -> Iterator[Matter]:
    """Letters that the program issued by itself and nobody has begun to serve; those that
    somebody issued wait for that person.
    """
    kinds = issued_by_roles_of(user)
    if not kinds:
        return
    rows = InstitutionLetter.objects.unsent_by_the_program().filter(letter__kind__in=kinds)
    for own in rows.with_letter().order_by("pk")[:SHOWN]:
        yield Matter(
            title=gettext("Letter %(number)s: %(title)s")
            % {"number": own.letter.number, "title": own.letter.title},
            institution=own.institution.name,
            state=LetterState(own.letter.state),
            url=own.letter.get_absolute_url(),
            act=_("Serve by hand or post"),
        )


def issued_by_roles_of(user: User) -> list[str]:
    """Return the kinds of letters to be served that the user's roles issue."""
    return [
        code
        for code, kind in KINDS.items()
        if kind.served and not kind.roles.isdisjoint(user.roles)
    ]


@portal_panel("institutions/portal/letters_panel.html")
def letters_panel(institution: Institution, on: date) -> dict[str, Any] | None:
    """The newest letters, and whether they may be served here."""
    letters = InstitutionLetter.objects.filter(institution=institution).with_letter()
    return {
        "letters": list(letters.order_by("-pk")[:5]),
        "consent": consent_of(institution.pk),
    }


@institution_panel("institutions/desk/letters_panel.html")
def letters_of_institution(institution: Institution, on: date) -> dict[str, Any] | None:
    """The newest letters to an institution, on its page at the desk."""
    letters = InstitutionLetter.objects.filter(institution=institution).with_letter()
    return {
        "letters": list(letters.order_by("-pk")[:10]),
        "consent": consent_of(institution.pk),
    }


class LetterList(ActRequired, KeysetList):
    act = VIEW_OWN_LETTERS
    template_name = "institutions/portal/letters.html"
    order_field = "-pk"
    filterset_class = OwnLetterFilter

    def get_queryset(self) -> QuerySet[InstitutionLetter]:
        return InstitutionLetter.objects.visible_to(self.user).with_letter()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        own = Institution.objects.visible_to(self.user).first()
        waiting = [] if any(self.request.GET.values()) else list(to_confirm(self.user)[:SHOWN])
        return super().get_context_data(
            waiting=waiting,
            consent=consent_of(own.pk) if own else None,
            may_sign=CONFIRM_RECEIPT.allows(self.user),
            **kwargs,
        )


class LetterPage(ActRequired, DetailView):
    """One letter: its text, its state, and the period that its service starts or has started."""

    act = VIEW_OWN_LETTERS
    template_name = "institutions/portal/letter.html"
    context_object_name = "own"

    def get_queryset(self) -> QuerySet[InstitutionLetter]:
        rows = InstitutionLetter.objects.visible_to(self.user).with_letter()
        return rows.select_related("letter__region", "read_by", "confirmed_by")

    def get_object(self, queryset: Any = None) -> InstitutionLetter:
        own = get_object_or_404(self.get_queryset(), letter=self.kwargs["pk"])
        take_notice(own, by=self.user, at=timezone.now())
        return own

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        own, letter = self.object, self.object.letter
        consent = consent_of(own.institution_id)
        obstacles = receipt_obstacles(letter, consent, self.user, institution_id=own.institution_id)
        url = reverse("institutions_portal:letter_confirm", args=[own.letter_id])
        button = {"act": CONFIRM_RECEIPT, "url": url, "obstacles": obstacles}
        waits = letter.state == LetterState.ISSUED
        return super().get_context_data(
            letter=letter,
            consent=consent,
            may_sign=CONFIRM_RECEIPT.allows(self.user),
            buttons=[button] if waits and not obstacles else [],
            obstacles=obstacles if waits else [],
            period=_period(own, timezone.localdate()),
            services=letter.services.order_by("sent_at", "pk"),
            **kwargs,
        )


def _period(own: InstitutionLetter, on: date) -> Any:
    """The period that has started, or would if the letter were served on the day."""
    letter = own.letter
    if letter.state == LetterState.WITHDRAWN:
        return None
    return period_if_served(letter, letter.served_on or on)


class LetterPdf(ActRequired, View):
    act = VIEW_OWN_LETTERS

    def get(self, request: HttpRequest, pk: int) -> FileResponse:
        rows = InstitutionLetter.objects.visible_to(self.user).with_letter()
        own = get_object_or_404(rows, letter=pk)
        take_notice(own, by=self.user, at=timezone.now())
        return FileResponse(
            own.letter.pdf.open("rb"),
            filename=f"{own.letter.number}.pdf",
            content_type="application/pdf",
        )


class ConfirmReceipt(ActPage):
    """Confirming that a letter has been received: signed, and the clock starts."""

    act = CONFIRM_RECEIPT
    area = "portal"
    form_class = SignForm
    template_name = "institutions/portal/letter_confirm.html"

    def subject(self) -> InstitutionLetter:
        rows = InstitutionLetter.objects.visible_to(self.user).with_letter()
        return get_object_or_404(rows.select_related("letter__region"), letter=self.kwargs["pk"])

    def stamp(self) -> str:
        return self.object.letter.state

    def obstacles(self) -> Sequence[Obstacle]:
        own = self.object
        return receipt_obstacles(
            own.letter,
            consent_of(own.institution_id),
            self.user,
            institution_id=own.institution_id,
        )

    def consequences(self) -> Sequence[str | Promise]:
        said: list[str | Promise] = [
            _("The letter counts as served today; the confirmation is signed with your name."),
        ]
        period = period_if_served(self.object.letter, timezone.localdate())
        if period:
            said.append(
                gettext(
                    "Your period %(to_do)s starts today and ends on %(day)s (%(length)s %(unit)s)."
                )
                % {
                    "to_do": period.to_do,
                    "day": period.ends_on,
                    "length": period.length,
                    "unit": UNIT_WORDS[period.unit],
                }
            )
        return said

    def perform(self, form: SignForm) -> InstitutionLetter:
        return confirm_receipt(
            letter_id=self.object.letter_id,
            signed_name=form.cleaned_data["signed_name"],
            password=form.cleaned_data["password"],
            by=self.user,
            at=timezone.now(),
        )

    def success(self, result: InstitutionLetter) -> str:
        if result.period_due_on is None:
            return gettext("Receipt of letter %(number)s is confirmed.") % {
                "number": result.letter.number
            }
        return gettext(
            "Receipt of letter %(number)s is confirmed. Your period runs until %(day)s."
        ) % {"number": result.letter.number, "day": result.period_due_on}


# --- consent --------------------------------------------------------------------------------------


class ConsentPage(OwnInstitution, View):
    """The consent to electronic service: what it says, who signed it, and until when it held."""

    act = VIEW_OWN_LETTERS

    def get(self, request: HttpRequest) -> HttpResponse:
        institution = self.own()
        if institution is None:
            return self.nowhere()
        consent = consent_of(institution.pk)
        act = REVOKE_CONSENT if consent else GIVE_CONSENT
        name = "consent_revoke" if consent else "consent_give"
        button = {"act": act, "url": reverse(f"institutions_portal:{name}")}
        context = {
            "institution": institution,
            "consent": consent,
            "text": consent.text if consent else consent_text(),
            "earlier": ElectronicServiceConsent.objects.filter(institution=institution)
            .exclude(revoked_at=None)
            .select_related("signed_by", "revoked_by")[:SHOWN],
            "buttons": [button] if act.allows(self.user) else [],
        }
        return render(request, "institutions/portal/consent.html", context)


class _OfOwn(ActPage):
    area = "portal"

    def subject(self) -> Institution:
        return get_object_or_404(Institution.objects.visible_to(self.user))

    def stamp(self) -> str:
        return str(self.object.service_consents.filter(revoked_at=None).count())

    def next_url(self, result: Any) -> str:
        return reverse("institutions_portal:consent")


class GiveConsent(_OfOwn):
    act = GIVE_CONSENT
    form_class = SignForm
    template_name = "institutions/portal/consent_give.html"

    def obstacles(self) -> Sequence[Obstacle]:
        if consent_of(self.object.pk) is None:
            return []
        return [Obstacle("consent_exists", _("The consent is on file already."))]

    def consequences(self) -> Sequence[str | Promise]:
        return [
            consent_text(),
            _("From now on letters are laid into the portal; their receipt is confirmed here."),
        ]

    def perform(self, form: SignForm) -> ElectronicServiceConsent:
        return give_consent(
            institution_id=self.object.pk,
            signed_name=form.cleaned_data["signed_name"],
            password=form.cleaned_data["password"],
            by=self.user,
            at=timezone.now(),
        )


class RevokeConsent(_OfOwn):
    act = REVOKE_CONSENT
    form_class = forms.Form
    danger = True

    def obstacles(self) -> Sequence[Obstacle]:
        if consent_of(self.object.pk):
            return []
        return [Obstacle("consent_missing", _("There is no consent on file."))]

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("Letters come by hand or by post again; those confirmed before stay served."),
            _("Letters that lie here unconfirmed can no longer be confirmed here."),
        ]

    def perform(self, form: forms.Form) -> ElectronicServiceConsent:
        return revoke_consent(institution_id=self.object.pk, by=self.user, at=timezone.now())
