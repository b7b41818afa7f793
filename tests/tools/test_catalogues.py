"""The tool that collects, checks and compiles translations."""

import gettext

import pytest

from tools import catalogues
from tools.catalogues import app_catalogues, compile_, complaints, messages_of, update

VIEW = """
from django.utils.translation import gettext_lazy as _, ngettext, pgettext
for _unused in ():
    pass
title = _("Case {number}")
said = ngettext("%(n)s case", "%(n)s cases", 2)
verb = pgettext("verb", "Open")
not_ours = _(title)
"""
TEMPLATE = """{% load i18n %}<p title="{% translate "It's late" %}">Isn't it {{ x|default:_("nothing") }}
     {% translate "Dispatch" context "verb" %}
 {% blocktranslate trimmed with n=case.number %}
     Case {{ n }} is
     due
 {% endblocktranslate %}
{% blocktranslate count n=list|length %}{{ n }} thing{% plural %}{{ n }} things{% endblocktranslate %}
{% comment %}{% translate "Not shown" %}{% endcomment %}</p>"""


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package with one app, `hub/cases`, that the tool takes for the house."""
    package = tmp_path / "yiwang"
    (package / "project").mkdir(parents=True)
    (package / "hub/cases/templates").mkdir(parents=True)
    (package / "hub/cases/__init__.py").touch()
    monkeypatch.setattr(catalogues, "app_catalogues", lambda wanted=(): app_catalogues(wanted, package))
    return package


@pytest.fixture
def cases(package):
    """That app, with one message."""
    app = next(app for app in app_catalogues(package=package) if app.name == "hub/cases")
    (app.folder / "views.py").write_text('from gettext import gettext as _\n_("Hello %(name)s")\n')
    return app


def translate(app, text):
    """Writes the translation of the only message of the app."""
    update([app])
    content = app.po.read_text()
    app.po.write_text(content[: content.rindex("msgstr ")] + f'msgstr "{text}"\n')


def test_messages_of_python_code_are_found(tmp_path):
    path = tmp_path / "views.py"
    path.write_text(VIEW)
    assert list(messages_of(path)) == [
        ("Case {number}", None),
        (("%(n)s case", "%(n)s cases"), None),
        ("Open", "verb"),
    ]


def test_messages_of_templates_are_found(tmp_path):
    path = tmp_path / "case.html"
    path.write_text(TEMPLATE)
    assert list(messages_of(path)) == [
        ("It's late", None),
        ("nothing", None),
        ("Dispatch", "verb"),
        ("Case %(n)s is due", None),
        (("%(n)s thing", "%(n)s things"), None),
    ]


def test_a_new_message_is_told_until_it_is_translated(cases):
    assert "has no translation" in complaints([cases])[0]
    translate(cases, "你好，%(name)s")
    assert not complaints([cases])


def test_an_update_keeps_translations_and_drops_what_is_gone(cases):
    translate(cases, "你好，%(name)s")
    (cases.folder / "views.py").write_text('from gettext import gettext as _\n_("Hello %(name)s")\n_("New")\n')
    update([cases])
    assert [message.string for message in cases.kept() if message.id] == ["你好，%(name)s", ""]
    (cases.folder / "views.py").write_text("")
    assert "no longer used" in complaints([cases])[0]
    update([cases])
    assert not cases.po.exists()


def test_an_update_without_changes_leaves_the_file_alone(cases):
    update([cases])
    before = cases.po.stat().st_mtime_ns
    update([cases])
    assert cases.po.stat().st_mtime_ns == before


@pytest.mark.parametrize("text", ["你好", "你好，%(nom)s", "你好，{name}"])
def test_another_placeholder_is_told(cases, text):
    translate(cases, text)
    assert "placeholders" in complaints([cases])[0]


def test_a_fuzzy_translation_is_told(cases):
    translate(cases, "你好，%(name)s")
    cases.po.write_text(cases.po.read_text().replace("#, python-format", "#, fuzzy, python-format"))
    assert "fuzzy" in complaints([cases])[0]


def test_a_chinese_msgid_is_told(cases):
    (cases.folder / "views.py").write_text('from gettext import gettext as _\n_("你好")\n')
    assert "is not English" in complaints([cases])[0]


def test_two_wordings_of_one_message_are_told(cases, package):
    folder = package / "hub/dispatch"
    folder.mkdir()
    (folder / "__init__.py").touch()
    (folder / "views.py").write_text((cases.folder / "views.py").read_text())
    other = app_catalogues(["dispatch"], package)[0]
    translate(cases, "你好，%(name)s")
    translate(other, "您好，%(name)s")
    assert "translated differently" in complaints([cases, other])[0]


def test_a_broken_template_is_told_by_name(cases):
    (cases.folder / "templates/broken.html").write_text("{% blocktranslate %}{% if x %}{% endblocktranslate %}")
    assert "broken.html" in complaints([cases])[0]


def test_compiled_catalogues_are_what_gettext_reads(cases):
    translate(cases, "你好，%(name)s")
    compile_([cases])
    with cases.mo.open("rb") as file:
        assert gettext.GNUTranslations(file).gettext("Hello %(name)s") == "你好，%(name)s"
