"""What a machine lacks is named with what it leaves out."""

from deploy.install.tools import TOOLS, Tool


def test_a_missing_tool_says_which_checks_go_without_it() -> None:
    tool = Tool(find=lambda: None, package="qpdf", checks="PDF structure as qpdf reads it")
    assert tool.reason() == "qpdf is not installed; without it there is no check of PDF structure as qpdf reads it"


def test_each_package_is_asked_for_once() -> None:
    assert len({tool.package for tool in TOOLS}) == len(TOOLS)
