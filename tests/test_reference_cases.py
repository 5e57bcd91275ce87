"""Every case of published or worked numbers is held against something."""

import json
import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
CASES = json.loads((TESTS / "reference_values.json").read_text("utf-8"))["cases"]


@pytest.mark.parametrize("name", [case["id"] for case in CASES])
def test_every_case_is_used_by_a_test(name: str) -> None:
    asked = re.compile(rf"[\"']{name}[\"']")
    assert any(asked.search(path.read_text("utf-8")) for path in TESTS.rglob("*.py"))
