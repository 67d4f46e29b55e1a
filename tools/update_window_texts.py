"""Bring resources/i18n up to the texts of gui/: run it, translate what it says is left, run it again."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "resources" / "i18n"
TOOLS = Path(sys.executable).parent


def main() -> int:
    """0 where every text is translated and compiled; else 1, with the untranslated ones in the .ts files."""
    sources = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "gui").rglob("*.py"))
    options = ["-locations", "none", "-no-obsolete", "-silent"]
    for language in ("en", "zh_CN"):
        target = FOLDER / f"inferometer_{language}.ts"
        plural = ["-pluralonly"] if language == "en" else []
        command = [str(TOOLS / "pyside6-lupdate"), *sources, "-ts", str(target), *options, *plural]
        subprocess.run(command, cwd=ROOT, check=True)
        subprocess.run([str(TOOLS / "pyside6-lrelease"), "-silent", str(target)], cwd=ROOT, check=True)
    left = sum(path.read_text(encoding="utf-8").count('type="unfinished"') for path in FOLDER.glob("*.ts"))
    print(f"{left} texts want a translation in {FOLDER}")
    return int(left > 0)


if __name__ == "__main__":
    sys.exit(main())
