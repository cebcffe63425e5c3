"""The fixtures that lend a real part lend a real part."""

import json
import subprocess
from pathlib import Path

import psycopg
import pytest
from playwright.sync_api import Browser


@pytest.mark.postgres
def test_postgresql_answers(postgres_url: str) -> None:
    with psycopg.connect(postgres_url.replace("+psycopg", "")) as connection:
        row = connection.execute("SHOW server_version_num").fetchone()
    assert row is not None
    assert int(row[0]) >= 160000


@pytest.mark.postgres
def test_an_empty_database_is_the_tests_own(postgres_url: str, empty_postgres_url: str) -> None:
    assert empty_postgres_url != postgres_url
    with psycopg.connect(empty_postgres_url.replace("+psycopg", "")) as connection:
        tables = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
    assert tables == (0,)


@pytest.mark.browser
def test_the_browser_shows_a_page(browser: Browser) -> None:
    context = browser.new_context(locale="zh-HK", viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.set_content("<title>大灣區</title>")
    assert page.title() == "大灣區"
    assert page.evaluate("navigator.language") == "zh-HK"
    context.close()


@pytest.mark.node
def test_node_finds_the_peers(node: Path, project: Path) -> None:
    peers = project / "tests" / "peers"
    wanted = json.loads((peers / "package.json").read_text())["dependencies"]
    script = "for (const name of process.argv.slice(1)) await import(name)"
    command = [node, "--input-type=module", "--eval", script, "--", *wanted]
    done = subprocess.run(command, cwd=peers, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
