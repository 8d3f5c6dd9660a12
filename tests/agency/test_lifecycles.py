"""The diagrams of the READMEs are those of the machines."""

from agency.lifecycles import diagram, readmes, with_diagrams
from agreements.models import Agreement


def test_readmes_show_the_machines_as_they_are():
    stale = [
        each.parent.name
        for each in readmes()
        if with_diagrams(each.read_text()) != each.read_text()
    ]
    assert stale == [], "run `manage.py lifecycles`"


def test_the_readme_shows_the_life_of_an_agreement():
    assert diagram(Agreement) in readmes()[0].read_text()


def test_a_text_without_marks_stays_as_it_is():
    assert with_diagrams("<!-- lifecycle agreements.Agreement -->") == (
        "<!-- lifecycle agreements.Agreement -->"
    )


def test_what_stands_between_the_marks_is_replaced():
    text = "a\n<!-- lifecycle agreements.Agreement -->\nold\n<!-- end of lifecycle -->\nb"
    written = with_diagrams(text)
    assert "old" not in written
    assert "    draft --> signed: sign\n" in written
    assert written.startswith("a\n<!--") and written.endswith("<!-- end of lifecycle -->\nb")
    assert with_diagrams(written) == written
