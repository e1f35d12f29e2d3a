"""The explorer's modules as one script: what cannot be joined is named, not shipped broken."""

from pathlib import Path

import pytest

from app.page import assets, saved


def write(folder: Path, monkeypatch: pytest.MonkeyPatch, **modules: str) -> None:
    monkeypatch.setattr(assets, "STATIC_DIR", folder)
    for name, source in modules.items():
        (folder / f"{name}.js").write_text(source)
    saved.joined_modules.cache_clear()


def test_modules_are_joined_each_once_after_what_they_need(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(
        tmp_path, monkeypatch,
        a='import { two as zwei } from "./b.js";\nimport { one } from "./c.js";\nzwei(one);',
        b='import { one } from "./c.js";\nexport async function two() { return one; }',
        c="export const one = 1;\nexport class One {}",
    )  # fmt: skip
    joined = saved.joined_modules("a.js")
    assert [joined.index(f"const module_{name}_js") for name in "cba"] == sorted(
        joined.index(f"const module_{name}_js") for name in "abc"
    )
    assert "const { two: zwei } = module_b_js;" in joined
    assert "return { one, One };" in joined
    assert "import " not in joined


@pytest.mark.parametrize(
    ("source", "says"),
    [('import { a } from "./a.js";', "import each other: a.js → a.js"),
     ('import * as b from "./b.js";', "cannot be joined"),
     ("export default 1;", "cannot be joined"), ("export let count = 0;", "cannot be joined")],
)  # fmt: skip
def test_what_cannot_be_joined_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str, says: str
) -> None:
    write(tmp_path, monkeypatch, a=source, b="")
    with pytest.raises(ValueError, match=says):
        saved.joined_modules("a.js")
    saved.joined_modules.cache_clear()
