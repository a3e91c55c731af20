"""Exported scripts, asked again: each (check-sat) of a script on its own, with the answer that the script expects."""

import z3

EXPECTED = "expected: unsat"


def questions(script):
    """(script that asks one question, whether it says that the answer is unsat), for each question of a script."""
    stack = [[]]
    for line in script.splitlines():
        if line.startswith("(push"):
            stack.append([])
        elif line.startswith("(pop"):
            stack.pop()
        elif line.startswith("(check-sat"):
            yield "\n".join([*(kept for part in stack for kept in part), "(check-sat)"]), line.endswith(EXPECTED)
        else:
            stack[-1].append(line)


def answer(question, seconds=30):
    """What Z3 says."""
    solver = z3.Tactic("qfnra-nlsat").solver()
    solver.set("timeout", 1000 * seconds)
    solver.from_string(question)
    return str(solver.check())


def scripts(proof, folder):
    """The exported scripts by name."""
    return {path.name: path.read_text(encoding="utf-8") for path in proof.export(folder) if path.suffix == ".smt2"}
