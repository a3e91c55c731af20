"""Large batches against hand-written NumPy and a hand-fused kernel of Numba, on the same gaps in the same run.

    python -m benchmarks --only kernels

The rivals are what somebody would write who needs no more than δ_S* and δ_P* of one model: the library's formulas for
Tullock 2, comparisons without tolerance (one kernel has the library's), no checks, no certificate. Runs are interleaved; CPU
time, medians; ratios mean more than seconds.
"""

import math
import resource

import numpy as np

import _measure
import alliances as al

SEED = 20100117
GAME = {"synergy": al.Complementarity(0.6), "sharing": al.Proportional(), "exposure": 0.8, "conflict_cost": 0.15}


def rows(smoke: bool) -> list[dict]:
    """One row for each comparison: what was done, by whom, seconds of CPU and wall, and the ratio to the rival."""
    games, repeats = (20_000, 2) if smoke else (10**6, 25)
    found = [*critical_discounts(games, repeats), *evaluations(40_000 if smoke else 10**8)]
    found += [*measured(200 if smoke else 10**5), *scored(64 if smoke else 4096)]
    return found


def critical_discounts(games: int, repeats: int) -> list[dict]:
    """δ* along the gap: the library, with and without Numba, and its rivals."""
    gaps = np.random.default_rng(SEED).uniform(-0.95, 0.95, games)
    found = []
    two = al.AllianceGame(al.Tullock(2.0), **GAME)
    other = {
        "Tullock 1.7": al.AllianceGame(al.Tullock(1.7), **GAME),
        "3 actions, Tullock 2": al.AllianceGame(al.Tullock(2.0), **GAME, coexist_exposure=0.3, support_cost=0.05),
    }

    def library(game, method):
        with al.evaluating_by(method):
            r = al.critical_discount(game, al.Power.from_gap(gaps))
        return r.sponsor, r.proxy

    ways = {"library, NumPy": lambda: library(two, "numpy"), "hand-written NumPy": lambda: by_hand(gaps)}
    if numba():
        kernels = fused()
        ways |= {"library, fast": lambda: library(two, "numba")}
        ways |= {f"hand-fused Numba, {name}": lambda kernel=kernel: kernel(gaps) for name, kernel in kernels.items()}
    work = f"critical discount factors, Nash reversion, {games:,} gaps, Tullock 2"
    seconds, answers = _measure.interleaved(ways, repeats)
    truth = answers["hand-written NumPy"]
    for name, times in seconds.items():
        finite = [np.isfinite(a) & np.isfinite(b) for a, b in zip(answers[name], truth, strict=True)]
        differ = sum(int((np.isfinite(a) != np.isfinite(b)).sum()) for a, b in zip(answers[name], truth, strict=True))
        largest = max(float(np.abs(a[f] - b[f]).max()) for a, b, f in zip(answers[name], truth, finite, strict=True))
        found.append(row(work, name, games, times) | {"other_infinities": differ, "largest_difference": largest})
    ratio(found, "library, NumPy", "hand-written NumPy", 1.0)
    ratio(found, "library, fast", "hand-fused Numba, with tolerances", 0.5)
    ratio(found, "library, fast", "hand-fused Numba, no tolerances", None, "ratio_to_leanest")
    for name, game in other.items():
        ways = {"library, NumPy": lambda game=game: library(game, "numpy")}
        ways |= {"library, fast": lambda game=game: library(game, "numba")} if numba() else {}
        seconds, _ = _measure.interleaved(ways, repeats)
        found += [row(work.replace("Tullock 2", name), way, games, times) for way, times in seconds.items()]
    return found


def evaluations(count: int) -> list[dict]:
    """Draws of all parameters × 200 gaps, in one pass of calls that each hold some thousand draws."""
    gaps, rng = al.Power.from_gap(np.linspace(-0.95, 0.95, 200)), np.random.default_rng(SEED)
    draws, at_once = count // 200, min(5000, count // 200)

    def run():
        sustained = 0
        for _ in range(0, draws, at_once):
            m, v, tau, k, z = (rng.uniform(a, b, (at_once, 1)) for a, b in ((1, 3), (0, 2), (0.2, 1), (0, 0.4), (1, 3)))
            contest, synergy = al.Tullock(2.0), al.Complementarity(v)
            game = al.AllianceGame(contest, synergy, al.Proportional(), exposure=tau, conflict_cost=k, stakes=z * m)
            sustained += int((al.critical_discount(game, gaps).dyad <= 0.8).sum())
        return (np.array([sustained]),) * 2

    run_once = {"library, fast" if numba() else "library, NumPy": run}
    before = peak()
    seconds, _ = _measure.interleaved(run_once, 1)
    return [
        row("draws of parameters × 200 gaps", name, count, times)
        | {"memory_growth_mib": peak() - before, "must": "< 3 s, < 1 GB"}
        for name, times in seconds.items()
    ]


def measured(points: int) -> list[dict]:
    """A claim measured over a family."""
    family = al.claims.alliance_family(decisiveness=2)
    ways = {"library": lambda: (np.array([al.claims.ASYMMETRY.measure(family, points=points, line_points=200).share]),) * 2}
    seconds, _ = _measure.interleaved(ways, 1 if points < 1000 else 3)
    return [row("claims.measure, × 200", name, points, times) | {"must": "< 1 s with fast"} for name, times in seconds.items()]


def scored(candidates: int) -> list[dict]:
    """The scoreboard."""
    seconds, _ = _measure.interleaved({"library": lambda: al.cases.score(candidates=candidates)}, 3)
    found = row(f"cases.score, {len(al.cases.load_all())} cases", "library", candidates, seconds["library"])
    return [found | {"must": "< 3 s", "met": found["cpu s"] < 3}]


def by_hand(gaps, v=0.6, tau=0.8, k=0.15):
    """δ_S*, δ_P* of the same games, array by array."""
    s, p = (1 + gaps) / 2, (1 - gaps) / 2
    win_s = s**2 / (s**2 + p**2)
    win_p = 1 - win_s
    rents = 1 + v * np.maximum(gaps, 0)
    ally = rents * s, rents * p
    taken, seized = tau * win_p * ally[0], tau * win_s * ally[1]
    A = ally[0], ally[0] - taken, ally[0] + seized, win_s - k
    B = ally[1], ally[1] + taken, ally[1] - seized, win_p - k
    stable = (
        (A[0] >= A[2]) & (B[0] >= B[1]), (A[1] >= A[3]) & (B[1] >= B[0]),
        (A[2] >= A[0]) & (B[2] >= B[3]), (A[3] >= A[1]) & (B[3] >= B[2]),
    )  # fmt: skip
    deltas = []
    with np.errstate(all="ignore"):
        for cells, best in ((A, np.maximum(A[0], A[2])), (B, np.maximum(B[0], B[1]))):
            worst = np.full(gaps.shape, np.inf)
            for holds, x in zip(stable, cells, strict=True):
                worst = np.minimum(worst, np.where(holds, x, np.inf))
            delta = np.where(worst < cells[0], (best - cells[0]) / (best - worst), np.inf)
            deltas.append(np.where(best > cells[0], delta, 0.0))
    return tuple(deltas)


def fused():
    """The same as loops of Numba: without tolerances, and with the library's rule of what counts as equal."""
    import numba

    def loop(tolerant):
        @numba.njit(error_model="numpy")
        def kernel(gaps, v, tau, k, sponsor, proxy):
            for i in range(gaps.size):
                s, p = (1 + gaps[i]) / 2, (1 - gaps[i]) / 2
                a, b = s * s, p * p
                win_s = a / (a + b)
                win_p = 1 - win_s
                rents = 1 + v * max(gaps[i], 0.0)
                c_s, c_p = rents * s, rents * p
                f_s, f_p = win_s - k, win_p - k
                taken, seized = tau * win_p * c_s, tau * win_s * c_p
                t_s, b_s = c_s - taken, c_s + seized
                b_p, t_p = c_p + taken, c_p - seized
                tol_s = tol_p = 0.0
                if tolerant:
                    high, low = max(max(c_s, t_s), max(b_s, f_s)), min(min(c_s, t_s), min(b_s, f_s))
                    tol_s = 1e-12 * (high - low) + 1.7763568394002505e-15 * max(high, -low)
                    high, low = max(max(c_p, t_p), max(b_p, f_p)), min(min(c_p, t_p), min(b_p, f_p))
                    tol_p = 1e-12 * (high - low) + 1.7763568394002505e-15 * max(high, -low)
                w_s = w_p = math.inf
                if (b_s - c_s <= tol_s) & (b_p - c_p <= tol_p):
                    w_s, w_p = c_s, c_p
                if (f_s - t_s <= tol_s) & (c_p - b_p <= tol_p):
                    w_s, w_p = min(w_s, t_s), min(w_p, b_p)
                if (c_s - b_s <= tol_s) & (f_p - t_p <= tol_p):
                    w_s, w_p = min(w_s, b_s), min(w_p, t_p)
                if (t_s - f_s <= tol_s) & (t_p - f_p <= tol_p):
                    w_s, w_p = min(w_s, f_s), min(w_p, f_p)
                d_s, d_p = max(c_s, b_s), max(c_p, b_p)
                delta_s = (d_s - c_s) / (d_s - w_s) if c_s - w_s > tol_s else math.inf
                delta_p = (d_p - c_p) / (d_p - w_p) if c_p - w_p > tol_p else math.inf
                sponsor[i] = delta_s if d_s - c_s > tol_s else 0.0
                proxy[i] = delta_p if d_p - c_p > tol_p else 0.0

        def run(gaps):
            deltas = np.empty(gaps.size), np.empty(gaps.size)
            kernel(gaps, 0.6, 0.8, 0.15, *deltas)
            return deltas

        return run

    return {"no tolerances": loop(False), "with tolerances": loop(True)}


def numba() -> bool:
    """Whether it is there."""
    try:
        import numba  # noqa: F401
    except ImportError:
        return False
    return True


def peak() -> float:
    """The largest memory of this process so far, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def row(work, way, size, times):
    """One row."""
    return {"work": work, "way": way, "size": size, **times, "cpu ns each": times["cpu s"] / size * 1e9}


def ratio(found, way, rival, must, name="ratio"):
    """How fast one way is as a share of another, 1 being as fast."""
    times = {r["way"]: r["cpu s"] for r in found}
    for r in found:
        if r["way"] == way and rival in times:
            share = times[rival] / times[way]
            r |= {name: share, f"{name}_to": rival} | ({} if must is None else {"must": f">= {must:g}", "met": share >= must})
