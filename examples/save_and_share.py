"""Save what a paper's tables were made from, read it back in another process, and check it there, as a referee would.

1. Solves a small model exactly, asks whether a claim holds in it, and saves all of it in one file;
2. starts another process of Python that knows nothing but the file: it reads it, re-checks every result from its definition,
   and prints the table.

    python examples/save_and_share.py --output results
"""

import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import alliances as al
from _script import folder, parser, progress, say, usage, wait

GAPS = [Fraction(n, 4) for n in range(4)]
CONCEPTS = {"conflict for ever": al.NashReversion(), "three periods": al.FinitePunishment(3), "side payments": al.Transfers()}


def main() -> None:
    """Solve, save, and let another process check."""
    command_line = parser(__doc__, "save_and_share_output", "the file")
    command_line.add_argument("--check", type=Path, help="re-check this file, and save nothing")
    options = command_line.parse_args()
    if options.check is not None:
        with usage(command_line):
            check(options.check)
        return
    wait("Solving the model and asking the claim")
    path = al.save(solve(), folder(command_line, options.output) / "paper.json")
    say(f"Saved {path.name}: {path.stat().st_size / 1000:.0f} kB\n")
    sys.stdout.flush()
    subprocess.run([sys.executable, __file__, "--check", str(path)], check=True)


def solve() -> dict:
    """The paper's results by name."""
    game = al.AllianceGame(
        al.Tullock(1),
        al.Complementarity(Fraction(3, 5)),
        al.Proportional(),
        exposure=Fraction(4, 5),
        conflict_cost=Fraction(1, 5),
    )
    power = al.Power.from_gap(GAPS)
    solved = {name: al.critical_discount(game, power, enforcement=concept) for name, concept in CONCEPTS.items()}
    return {**solved, "claim": al.claims.PROXY_RESTRAINT.check(game, gaps=GAPS)}


def check(path: Path) -> None:
    """What a referee does who has the file alone."""
    paper = al.load(path)
    say("another process reads the file, and re-checks")
    for name, result in progress(paper.items(), "Checking"):
        verification = al.verify(result)
        say(f"  {name:18s} {verification.status} ({verification.checks} conditions)")
    say("\nδ* of the dyad at the gaps  " + "  ".join(f"{gap!s:>8}" for gap in GAPS))
    for name in CONCEPTS:
        say(f"  {name:26s}" + "  ".join(f"{text(x):>8}" for x in paper[name].dyad))
    say(f"\n{paper['claim']}")


def text(x) -> str:
    """An exact number, or six digits of a float."""
    return str(x) if isinstance(x, Fraction) else f"{x:.6g}"


if __name__ == "__main__":
    main()
