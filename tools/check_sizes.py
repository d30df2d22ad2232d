#!/usr/bin/env python3
"""Holds files to 600 lines and C++ functions to 100; names those above 400 and 60, where one should
think about splitting. Exit code 1 when a hard limit is broken."""
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FILE_HARD, FILE_SOFT = 600, 400
FUNCTION_HARD, FUNCTION_SOFT = 100, 60
SUFFIXES = {".h", ".cc", ".ts", ".tsx", ".mjs", ".py", ".proto", ".cmake"}
FOLDERS = ("src", "tests", "web", "bench", "tools", "cmake", "proto")
SKIPPED = {"node_modules", "dist", "corpus", "build"}

# clang-format guarantees: a body opens with "{" at the end of a line and closes with "}" in the column
# where its declaration began. Namespaces do not indent.
NOT_A_FUNCTION = re.compile(r"^\s*(namespace|class|struct|enum|union|extern|using|template|//|\*|#)\b")
OPENS = re.compile(r"^(\s*)\S.*\{$")
LAMBDA = re.compile(r"\[[^\]]*\]\s*(\(|\{|mutable)")


def sources():
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in SUFFIXES and path.is_file() and not SKIPPED & set(path.parts):
                yield path


def continues(line: str) -> bool:
    """A declaration may go on in the next line."""
    return bool(line.strip()) and not re.search(r"[;{}:]$", line) and not line.lstrip().startswith(("//", "#"))


def functions(lines: list[str]):
    """(first line, name, length) of each outermost function body."""
    at = 0
    while at < len(lines):
        opens = OPENS.match(lines[at])
        start = at
        while opens and start > 0 and re.match(r"^\s{4,}", lines[start]) and continues(lines[start - 1]):
            start -= 1  # a declaration over several lines
        head = " ".join(lines[start:at + 1])
        if opens and "(" in head and not LAMBDA.search(lines[at]) and not NOT_A_FUNCTION.match(lines[start]) and "= {" not in head:
            indent = re.match(r"\s*", lines[start]).group()
            end = next((i for i in range(at + 1, len(lines)) if re.match(indent + r"\}", lines[i])), at)
            yield start + 1, head.strip().split("(")[0].split()[-1], end - start + 1
            at = end
        at += 1


def main() -> int:
    hard, soft = [], []
    for path in sources():
        name = path.relative_to(ROOT).as_posix()
        lines = path.read_text(encoding="utf-8").splitlines()
        if len(lines) > FILE_SOFT:
            (hard if len(lines) > FILE_HARD else soft).append(f"{name}: {len(lines)} lines")
        if path.suffix in (".h", ".cc"):
            for line, function, length in functions(lines):
                if length > FUNCTION_SOFT:
                    (hard if length > FUNCTION_HARD else soft).append(f"{name}:{line}: {function} has {length} lines")
    for entry in soft:
        print(f"warning: {entry}")
    for entry in hard:
        print(f"error: {entry}")
    print(f"check_sizes: {len(hard)} over the limits ({FILE_HARD} lines a file, {FUNCTION_HARD} a function), "
          f"{len(soft)} near them")
    return 1 if hard else 0


if __name__ == "__main__":
    sys.exit(main())
