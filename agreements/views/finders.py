from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from agency.finding import Found, by_number, finder
from agency.models import User
from agreements.models import Agreement, DissolutionReview, PerformanceAssessment, RenewalRound
from agreements.permissions.agreements import VIEW_AGREEMENTS
from agreements.permissions.performance import VIEW_PERFORMANCE
from agreements.permissions.reviews import VIEW_REVIEWS


@finder(_("Agreements"), VIEW_AGREEMENTS, order=30)
def agreements(text: str, user: User) -> Iterator[Found]:
    rows = Agreement.objects.visible_to(user).select_related("institution")
    return by_number(rows, text, lambda agreement: agreement.institution.name)


@finder(_("Unfiled changes"), VIEW_REVIEWS, order=32)
def reviews(text: str, user: User) -> Iterator[Found]:
    rows = DissolutionReview.objects.visible_to(user).select_related("agreement__institution")
    return by_number(rows, text, lambda review: review.agreement.institution.name)


@finder(_("Rounds of renewal"), VIEW_AGREEMENTS, order=33)
def rounds(text: str, user: User) -> Iterator[Found]:
    return by_number(RenewalRound.objects.all(), text, lambda made: made.title)


@finder(_("Performance assessments"), VIEW_PERFORMANCE, order=34)
def performance(text: str, user: User) -> Iterator[Found]:
    rows = PerformanceAssessment.objects.visible_to(user).select_related("institution")
    return by_number(rows, text, lambda each: each.institution.name)
