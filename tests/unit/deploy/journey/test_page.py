"""The journey's reader sees a page as a browser without scripts does."""

from deploy.journey.page import Page, read


def page(body: str, url: str = "https://a.example/en/x") -> Page:
    return read(url=url, status=200, headers={"content-type": "text/html"}, body=body.encode())


FORM = """<html lang="zh-Hant"><head><title>題</title></head><body><h1 id="t">你<b>好</b></h1>
<form method="post" action="../go"><input type="hidden" name="token" value="1">
<input type="checkbox" name="pick" value="a" checked><input type="checkbox" name="pick" value="b">
<input type="text" name="off" value="x" disabled><input type="file" name="file">
<button id="yes" name="answer" value="yes">好</button></form>
<a id="next" href="/there?q=1">去</a><script>var hidden = "word";</script></body></html>"""


def test_language_title_and_text_are_read() -> None:
    read_page = page(FORM)
    assert (read_page.language, read_page.title, read_page.text("t")) == ("zh-Hant", "題", "你好")
    assert "word" not in read_page.words


def test_a_form_sends_what_a_browser_would_send_untouched() -> None:
    form = page(FORM).forms[0]
    assert form.untouched() == {"token": ["1"], "pick": ["a"]}
    assert form.files() == ("file",)
    assert form.method == "POST"


def test_a_select_sends_its_selected_option_or_its_first() -> None:
    options = '<option value="a">A</option><option value="b"{}>B</option>'
    form = f'<form><select name="one">{options}</select><select name="two">{options}</select></form>'
    assert page(form.format("", " selected")).forms[0].untouched() == {"one": ["a"], "two": ["b"]}


def test_a_button_knows_its_form_and_a_link_after_it_has_none() -> None:
    found = page(FORM)
    yes, following = found.find("yes"), found.find("next")
    assert yes is not None
    assert yes.form == 0
    assert following is not None
    assert following.form is None
    assert list(found.links()) == ["https://a.example/there?q=1"]


def test_a_page_that_reloads_itself_says_when_and_where() -> None:
    reloading = page('<meta http-equiv="refresh" content="2; url=/again">')
    assert reloading.refresh == (2.0, "https://a.example/again")
    assert page('<meta http-equiv="refresh" content="3">').refresh == (3.0, "https://a.example/en/x")
    assert page("<p>").refresh is None


def test_what_is_no_html_is_not_read_as_such() -> None:
    answer = read(url="https://a.example", status=200, headers={"content-type": "application/json"}, body=b"<a id=x>")
    assert answer.find("x") is None
