"""Mutation testing: do the tests notice if one operator, number or argument of the code is changed? ``nox -s mutants``.

mutmut makes the changes and runs, for each, the tests that reach the changed function. Three settings have no option there:

* Strings are left alone, ``strict`` of ``zip`` and ``dtype=bool`` of arrays. Types catch a wrong label (they are
  ``Literal``), the rest are words for readers; ``strict`` is an assertion, which never fails as the code is; what is said to
  be ``bool`` is a comparison, and is said for the type checker.
* Properties and registered re-checks are mutated too; mutmut leaves out all that is decorated.
* Folders can be named: ``nox -s mutants -- thresholds repeated.contracts``. What was decided earlier stands until its function
  changes. ``--again`` decides once more what survived, after new tests. ``--sample 100 --seed 0`` takes that many mutants of
  each folder at random: the share that is found has then a 95 % confidence interval (Wilson 1927).

A mutant whose tests take six times as long as without it counts as found, so let nothing else keep the machine busy. mutmut
says the same of one whose tests could not be run; here it stays open, and is decided by the next run.

Surviving mutants are printed with their change; ``tests/mutants.md`` says of those that remain why no test can tell.
"""

from __future__ import annotations

import argparse
import os
import random
from collections import Counter
from collections.abc import Iterator
from itertools import accumulate
from typing import Any

import libcst
from mutmut import __main__ as mutmut
from mutmut.mutation import file_mutation, mutators
from mutmut.mutation.diff_apply import get_diff_for_mutant
from mutmut.stats import status_by_exit_code
from scipy.stats import binomtest

WORKERS = 2
SECONDS = 20.0  # of tests for one mutant
NOT_RUN = 255  # exit code where pytest refused the tests; mutmut takes it for a lack of time
DECORATORS = {"property", "cached_property", "verify"}  # what they decorate is called as a function

skipped = file_mutation.MutationVisitor._skip_node_and_children
arranged = file_mutation.function_trampoline_arrangement
collected = mutmut.collect_source_file_mutation_data


def plain(function: libcst.FunctionDef) -> bool:
    """Whether its one decorator is of the kind that can stay on the outside of the switch between mutants."""
    name: Any = function.decorators[0].decorator
    while isinstance(name, libcst.Call | libcst.Attribute):
        name = name.func if isinstance(name, libcst.Call) else name.value
    return len(function.decorators) == 1 and name.value in DECORATORS and function.name.value != "_"


def left_alone(arg: libcst.Arg) -> bool:
    """Whether an argument is ``strict`` or ``dtype=bool``."""
    keyword = arg.keyword.value if arg.keyword else ""
    return keyword == "strict" or (keyword == "dtype" and isinstance(arg.value, libcst.Name) and arg.value.value == "bool")


def replaced_arguments(call: libcst.Call) -> Iterator[libcst.Call]:
    """The calls with one argument left out or None, unless that is to be left alone."""
    given = [arg for arg in call.args if left_alone(arg)]
    for mutant in mutators.operator_arg_removal(call):
        if all(arg in mutant.args for arg in given):
            yield mutant


def skip(visitor: file_mutation.MutationVisitor, node: libcst.CSTNode) -> bool:
    """Mutate decorated functions of the kinds above; leave some arguments alone."""
    if isinstance(node, libcst.Arg) and left_alone(node):
        return True
    if isinstance(node, libcst.FunctionDef) and node.decorators and plain(node):
        return False
    return skipped(visitor, node)


def arrange(function: libcst.FunctionDef, mutants: Any, class_name: str | None) -> Any:
    """Only the switch is decorated; the original and the mutants behind it are functions."""
    declared, (switch, *copies), assigned, names = arranged(function, mutants, class_name)
    if function.decorators and plain(function):
        copies = [copy.with_changes(decorators=[]) for copy in copies]
    return declared, [switch, *copies], assigned, names


def quickest(tests: set[str]) -> set[str]:
    """The quickest tests that together take at most ``SECONDS``: what only slow or distant tests find is called survived."""
    seconds = mutmut.state().duration_by_test
    ordered = sorted(tests, key=lambda test: (seconds[test], test))
    totals = accumulate(seconds[test] for test in ordered)
    return {test for test, total in zip(ordered, totals, strict=True) if total <= SECONDS}


def sampled(names: list[str], size: int | None, seed: int) -> set[str]:
    """``size`` of the names at random, in an order that depends on nothing but the names and the seed; all by default.

    A larger sample holds a smaller one.
    """
    ordered = sorted(names)
    random.Random(seed).shuffle(ordered)
    return set(ordered[:size])


def main() -> None:
    """Test the mutants in the folders named, all by default, and print what survived."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "folders", nargs="*", default=["thresholds", "repeated", "claims", "verification"], help="as repeated.contracts"
    )
    parser.add_argument("--again", action="store_true", help="decide once more what survived")
    parser.add_argument("--sample", type=int, help="this many mutants of each folder, at random")
    parser.add_argument("--seed", type=int, default=0, help="of the sample")
    options = parser.parse_args()
    tests_of = mutmut.state().tests_by_mangled_function_name
    undecided = {0, 33, None, NOT_RUN} if options.again else {None, NOT_RUN}

    def chosen(*, mutant_names: Any) -> Any:
        for name, its in tests_of.items():
            tests_of[name] = quickest(its)
        mutants, data = collected(mutant_names=mutant_names)
        names: set[str] = set()
        for folder in options.folders:
            within = [name for _, name, _ in mutants if name.startswith(f"alliances.{folder}.")]
            names |= sampled(within, options.sample, options.seed)
        mutants = [(file, name, code) for file, name, code in mutants if name in names]
        return [(file, name, None if code in undecided else code) for file, name, code in mutants], data

    def tests(_names: Any) -> set[str]:  # to see once more that all is well before; the statistics have run all of them
        return {min(test for its in tests_of.values() for test in its)}

    os.environ["HYPOTHESIS_PROFILE"] = "mutants"
    file_mutation.mutation_operators = [
        (kind, replaced_arguments if operator is mutators.operator_arg_removal else operator)
        for kind, operator in mutators.mutation_operators
        if operator is not mutators.operator_string
    ]
    file_mutation.MutationVisitor._skip_node_and_children = skip
    file_mutation.function_trampoline_arrangement = arrange
    mutmut.collect_source_file_mutation_data, mutmut.tests_for_mutant_names = chosen, tests
    mutmut._run((), WORKERS)

    status_by_exit_code[NOT_RUN] = "not run"
    mutants = [(file, name, status_by_exit_code[file.exit_code_by_key[name]]) for file, name, _ in chosen(mutant_names=())[0]]
    for file, name, status in mutants:
        if status not in {"killed", "timeout", "not checked"}:
            diff = get_diff_for_mutant(name, path=file.path).splitlines()[2:]
            changed = [line for line in diff if line[:1] in "+-" and line[:3] not in {"+++", "---"}]
            print(f"{status}: {name}", *changed, sep="\n    ")
    counts: dict[str, Counter[str]] = {}
    for file, name, status in mutants:
        folder = next(folder for folder in options.folders if name.startswith(f"alliances.{folder}."))
        for part in (file.path.as_posix().removeprefix("src/alliances/"), f"{folder} in all"):
            counts.setdefault(part, Counter())[status] += 1
    for part, count in counts.items():
        found, checked = count["killed"] + count["timeout"], count.total() - count["not checked"] - count["not run"]
        if checked:
            low, high = binomtest(found, checked).proportion_ci(method="wilson")
            interval = f", 95 % interval {low:.1%} to {high:.1%}" if options.sample else ""
            print(
                f"{part}: {found / checked:.1%} of {checked} found{interval};", ", ".join(f"{k} {n}" for k, n in count.items())
            )


if __name__ == "__main__":
    main()
