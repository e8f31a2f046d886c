"""Changes the code in one place at a time, and counts the changes that a test notices.

    python bench/mutants.py                        a sample of each group, the same in every run
    python bench/mutants.py --seed 7 scanner       another sample, of one group
    python bench/mutants.py --all                  every change of every group: many hours

What went unnoticed is in build/mutants/GROUP/survivors.diff. In that folder "mutmut show NAME" shows one change,
and "mutmut run NAME" tries it again.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from measures import wilson
from reached import PROCESS

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "build" / "mutants"
OUTCOMES = ("killed", "timeout", "survived", "no tests")
NOTICED = OUTCOMES[:2]
ENOUGH = 0.85
SEED = 20261123
# seconds that mutmut adds to what the tests of a change take, times 15: no change is to pass for noticed on a busy machine
PATIENCE = 10


@dataclass(frozen=True)
class Group:
    """Code that is changed, and the tests that reach it in their own process.

    Attributes:
        code: Files in ``evidence_atlas``; a star stands for any.
        tests: Files and folders in ``tests``.
    """

    code: tuple[str, ...]
    tests: tuple[str, ...]


CHECKS = ("core/test_findings.py", "core/test_schema.py", "core/test_identity_digest.py")
BUILDS = ("test_domain.py", "test_incremental.py", "test_notices.py", "test_page.py", "test_references.py", "test_topics.py")
SPEED = ("scanner/test_places.py::test_rate",)
"""Tests of speed: changed code is slower, since each call looks up which change is on trial."""
GROUPS = {
    "records": Group(
        ("core/record.py", "core/frontmatter.py", "core/page.py"), (*CHECKS, "core/test_markup.py", "core/test_page_parts.py")
    ),
    "policy": Group(("core/policy.py", "core/verdict.py"), ("core/test_policy.py", "core/test_verdict.py", *CHECKS)),
    "domain": Group(("domain.py", "memory.py", "core/checker.py"), (*CHECKS, *BUILDS)),
    "scanner": Group(("scanner/*.py",), ("scanner",)),
    "snapshot": Group(("snapshot/*.py",), ("snapshot",)),
}


def prepare(folder: Path, group: Group) -> None:
    """Make a folder as mutmut wants it, with all that lies here, and the packages in ``src``; go there."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    names = sorted(path.name for path in ROOT.iterdir() if path.name not in {".git", ".nox", "build"})
    for name in names:
        (folder / name).symlink_to(ROOT / name)
    (folder / "src").symlink_to(ROOT / "extensions")
    settings = {
        "source_paths": ["src"],
        "only_mutate": [f"src/evidence_atlas/{name}" for name in group.code],
        "also_copy": names,
        "pytest_add_cli_args_test_selection": [f"tests/{name}" for name in group.tests],
        "pytest_add_cli_args": ["-p", "reached", "-p", "no:cacheprovider", *(f"--deselect=tests/{name}" for name in SPEED)],
    }
    lines = ["[mutmut]", "use_git_change_detection = false", f"timeout_constant = {PATIENCE}"]
    # each change is tried in a fork of a process that has run no test: a compiler's threads do not outlive a fork, and a test
    # that waits for them for ever would pass for one that notices
    lines.append("process_isolation = forkserver")
    lines += ["\n    ".join([f"{name} =", *values]) for name, values in settings.items()]
    (folder / "setup.cfg").write_text("\n".join(lines) + "\n", encoding="utf-8")
    os.chdir(folder)


def run(folder: Path, log: str, *command: str, **environment: str) -> int:
    """Run a command on the changed code, with its output in a file, and return its exit code."""
    # the changed code for the processes that tests start, and the plugin beside this file
    paths = [str(folder / "mutants" / "src"), str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")]
    with (folder / f"{log}.log").open("ab") as out:
        where = {**os.environ, "PYTHONPATH": os.pathsep.join(paths), **environment}
        return subprocess.run(command, cwd=folder, env=where, stdout=out, stderr=out, check=False).returncode


def outcomes(folder: Path, names: Sequence[str], jobs: int) -> dict[str, str]:
    """Run the tests that reach each change, and return what became of it."""
    import mutmut.__main__ as mutmut
    from mutmut.stats import status_by_exit_code

    program = str(shutil.which("mutmut", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"))
    # which test reaches what is found out in a process of its own: pytest cannot be asked again after so many tests
    if run(folder, "reached", program, "print-time-estimates"):
        sys.exit(f"the tests fail: {folder / 'reached.log'}")
    reached = json.loads((folder / "mutants/mutmut-stats.json").read_text(encoding="utf-8"))["tests_by_mangled_function_name"]
    if run(folder, "run", program, "run", "--max-children", str(jobs), *names):
        sys.exit(f"mutmut could not try the changes: {folder / 'run.log'}")
    tried = mutmut.collect_source_file_mutation_data(mutant_names=list(names))[0]
    became = {name: status_by_exit_code[code] for _data, name, code in tried}
    # what goes unnoticed so far may be noticed by a test that starts a command as a process, whose calls are not known
    again = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "--rootdir=mutants"]
    starting = [f"mutants/{test}" for test in sorted(reached.get(PROCESS, ()))]
    unnoticed = [name for name, outcome in became.items() if starting and outcome not in NOTICED]
    if unnoticed and run(folder, "again", *again, *starting):
        sys.exit(f"tests that start a process fail without the others: {folder / 'again.log'}")
    for name in unnoticed:
        if run(folder, "again", *again, *starting, MUTANT_UNDER_TEST=name) == 1:
            became[name] = "killed"
    return became


def noticed(folder: Path, group: Group, each: int | None, seed: int, jobs: int) -> dict[str, Counter[str]]:
    """Change the code of a group, and count what became of the changes.

    Args:
        folder: Where to do it; it is made anew.
        group: What to change.
        each: How many changes to try; None for all.
        seed: What chooses them: the same of the same code.
        jobs: How many changes to try at once.

    Returns:
        How many changes had each outcome, by file.
    """
    prepare(folder, group)
    import mutmut.__main__ as mutmut
    from mutmut import _reset_globals
    from mutmut.mutation.diff_apply import get_diff_for_mutant

    _reset_globals()
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere, contextlib.redirect_stdout(nowhere):
        mutmut.copy_src_dir()
        mutmut.copy_also_copy_files()
        mutmut.create_mutants(jobs)
    path_of = {name: data.path for data, name, _code in mutmut.collect_source_file_mutation_data(mutant_names=[])[0]}
    names = sorted(path_of)
    if each is not None:
        names = random.Random(seed).sample(names, min(each, len(names)))
    counted: dict[str, Counter[str]] = {}
    with Path("survivors.diff").open("w", encoding="utf-8") as survivors:
        for name, outcome in sorted(outcomes(folder, names, jobs).items()):
            counted.setdefault(str(path_of[name].relative_to("src/evidence_atlas")), Counter())[outcome] += 1
            if outcome not in NOTICED:
                survivors.write(f"# {name}: {outcome}\n{get_diff_for_mutant(name, path=path_of[name])}\n")
    return counted


def show(name: str, counted: Mapping[str, Counter[str]]) -> float:
    """Print the rows of a group, and return the share of its changes that were noticed."""
    total = sum(counted.values(), Counter[str]())
    share = 0.0
    for row, became in [*((f"  {file}", counted[file]) for file in sorted(counted)), (name, total)]:
        share, low, high = wilson(sum(became[it] for it in NOTICED), became.total()) or (0.0, 0.0, 0.0)
        figures = "".join(f"{became[it]:10}" for it in OUTCOMES)
        print(f"{row:34}{figures}{share:10.0%}  {low:.0%} to {high:.0%}", flush=True)
    return share


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print a table, and return 1 where too few changes of a group were noticed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("groups", nargs="*", metavar="GROUP", help=f"of {', '.join(GROUPS)}; all where none is named")
    parser.add_argument("--all", action="store_true", help="every change, not a sample")
    parser.add_argument("--each", type=int, default=60, help="how many changes of a group (60)")
    parser.add_argument("--seed", type=int, default=SEED, help="what chooses them")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many changes to try at once")
    given = parser.parse_args(arguments)
    if unknown := set(given.groups) - set(GROUPS):
        parser.error(f"no such group: {', '.join(sorted(unknown))}")
    print(f"{'':34}{''.join(f'{outcome:>10}' for outcome in OUTCOMES)}{'noticed':>10}  95% interval", flush=True)
    few = []
    for name in given.groups or GROUPS:
        counted = noticed(FOLDER / name, GROUPS[name], None if given.all else given.each, given.seed, given.jobs)
        if show(name, counted) < ENOUGH:
            few.append(name)
    if few:
        print(f"Fewer than {ENOUGH:.0%} noticed: {', '.join(few)}; see survivors.diff in the folders of {FOLDER}")
    return 1 if few else 0


if __name__ == "__main__":
    sys.exit(main())
