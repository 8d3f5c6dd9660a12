"""The letters' pages at the desk. Acts stand here twice, once for each side."""

from django.urls import URLPattern, path

from agency.views.letters import acts, heads, register, templates

TEMPLATE_ACTS = {
    "write": ("letter-templates/<slug:kind>/<slug:language>/write/", templates.WriteTemplate),
    "release": ("letter-texts/<int:pk>/release/", templates.ReleaseTemplate),
    "retire": ("letter-texts/<int:pk>/retire/", templates.RetireTemplate),
}


def letter_acts() -> list[URLPattern]:
    found = []
    for slug in acts.PAGES:
        agency, administration = acts.both_sides(slug)
        found += [
            path(f"letters/<int:pk>/{slug}/", agency.as_view(), name=f"letter_{slug}"),
            path(
                f"administration-letters/<int:pk>/{slug}/",
                administration.as_view(),
                name=f"adm_letter_{slug}",
            ),
        ]
    return found


def template_acts() -> list[URLPattern]:
    found = []
    for name, (route, page) in TEMPLATE_ACTS.items():
        agency, administration = templates.both_sides(page)
        found += [
            path(route, agency.as_view(), name=f"letter_template_{name}"),
            path(
                f"administration-{route}",
                administration.as_view(),
                name=f"adm_letter_template_{name}",
            ),
        ]
    return found


urlpatterns = [
    path("letters/", register.LetterList.as_view(), name="letters"),
    path("letters/<int:pk>/", register.LetterPage.as_view(), name="letter"),
    path("letters/<int:pk>/pdf/", register.LetterPdf.as_view(), name="letter_pdf"),
    path("letters/<int:pk>/docx/", register.LetterDocx.as_view(), name="letter_docx"),
    path(
        "letters/<int:pk>/pages/<int:page>/", register.LetterPicture.as_view(), name="letter_page"
    ),
    *letter_acts(),
    path("letter-templates/", templates.TemplateList.as_view(), name="letter_templates"),
    path("letter-templates/<slug:kind>/", templates.KindPage.as_view(), name="letter_kind"),
    path("letter-texts/<int:pk>/", templates.TemplatePage.as_view(), name="letter_template"),
    *template_acts(),
    path("letterheads/", heads.LetterHeads.as_view(), name="letterheads"),
    path(
        "letterheads/<slug:code>/enter/", heads.EnterLetterHead.as_view(), name="letterhead_enter"
    ),
    path(
        "administration-letterheads/<slug:code>/enter/",
        heads.EnterAdministrationHead.as_view(),
        name="adm_letterhead_enter",
    ),
]
