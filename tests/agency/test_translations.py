"""Both languages are complete, and the same English says the same Chinese everywhere."""

from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from agency import translations

APPS = [Path(settings.BASE_DIR, name) for name in settings.OWN_APPS]


@pytest.mark.parametrize("app", APPS, ids=lambda app: app.name)
def test_every_message_is_translated(app):
    assert translations.missing(app) == []


def test_one_message_has_one_translation():
    """The first catalogue wins at run time, whichever app the words stand in."""
    said: dict = {}
    for app in APPS:
        for message in translations.read_catalogue(translations.catalogue_path(app)):
            if message.id:
                key = (translations.singular(message), message.context)
                said.setdefault(key, set()).add(translations.translation(message))
    assert {key: words for key, words in said.items() if len(words) > 1} == {}


@pytest.fixture
def app(tmp_path):
    (tmp_path / "desk" / "templates").mkdir(parents=True)
    (tmp_path / "desk" / "forms.py").write_text("label = _('Bank account')\n")
    (tmp_path / "desk" / "templates" / "page.html").write_text(
        "{% load i18n %}<p>{% translate 'Pay' %}</p>\n"
        "  {% blocktranslate count n=n %}one day{% plural %}{{ n }} days{% endblocktranslate %}"
    )
    return tmp_path / "desk"


def test_messages_are_found_in_python_and_templates_and_missed_until_translated(app):
    assert sorted(translations.missing(app)) == ["Bank account", "Pay", "one day"]
    translations.update(app)
    path = translations.catalogue_path(app)
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('msgid "Pay"\nmsgstr ""', 'msgid "Pay"\nmsgstr "拨付"'))
    assert sorted(translations.missing(app)) == ["Bank account", "one day"]
    assert "Babel" not in text


def test_the_check_names_what_is_missing(monkeypatch, capsys):
    monkeypatch.setattr(translations, "missing", lambda _: ["Pay"])
    with pytest.raises(CommandError, match="messages are not translated"):
        call_command("translations", "agency", "--check")
    assert "'Pay'" in capsys.readouterr().out
