"""A small design at risk, models and fits that several tests share."""

import functools
from pathlib import Path

import numpy as np

import alliances as al
from alliances import estimation
from tests.support import benchmark_game

DATA = Path(__file__).parents[2] / "shared" / "data"
GAME = benchmark_game(synergy=al.Complementarity(0.6), exposure=0.8, conflict_cost=0.15)
M = "contest.decisiveness"
TRUTH = {M: 2.0, "opportunity": 0.3}


def model(**options):
    """Mutual fighting for ever, decisiveness free, F known."""
    defaults = {"enforcement": al.GivenPunishment(), "patience": al.patience.Kumaraswamy(3, 2), "free": {M: (0.3, 4)}}
    return estimation.HazardModel(GAME, **(defaults | options))


@functools.cache
def design(alliances=150, years=8, seed=0):
    """Yearly rows of alliances whose gaps walk, as a mapping from names to columns."""
    rng = np.random.default_rng(seed)
    first = rng.uniform(0.05, 0.9, alliances)
    gap = np.clip(first[:, None] + np.cumsum(rng.normal(0, 0.05, (alliances, years)), axis=1), -0.95, 0.95)
    start = np.tile(np.arange(years, dtype=float), (alliances, 1))
    return {
        "id": np.repeat(np.arange(alliances), years),
        "one": np.repeat(rng.integers(0, 12, alliances), years),
        "other": np.repeat(rng.integers(12, 24, alliances), years),
        "start": start.ravel(),
        "stop": start.ravel() + 1,
        "year": np.repeat(rng.integers(1900, 1980, alliances), years) + start.ravel().astype(int),
        "gap": gap.ravel(),
        "gap0": np.repeat(first, years),
        "x": rng.normal(size=alliances * years),
    }


@functools.cache
def frame(seed=1, **options):
    """The design with breaks drawn from the model."""
    return estimation.simulate(model(**options), TRUTH, design(), seed)


@functools.cache
def fitted():
    """A fit to them."""
    return model().fit(frame(), event="event")


@functools.cache
def compared():
    """A comparison of two models on them."""
    models = [estimation.Constant(), model()]
    return estimation.cross_validate(models, frame(), event="event", by="id", folds=3, cluster=("one", "other"))


def without(columns, *names):
    """The columns but for some."""
    return {name: x for name, x in columns.items() if name not in names}


EXAMPLES = {
    "Bootstrap": lambda: fitted().bootstrap(3, starts=1),
    "CoxFit": lambda: estimation.Cox().fit(frame(), event="event"),
    "HazardComparison": compared,
    "HazardFit": fitted,
    "HazardSummary": lambda: fitted().summary(),
    "Identification": lambda: fitted().identification(),
    "Profile": lambda: fitted().profile(M, [1.5, 2.0, 2.5], starts=0),
    "Recovery": lambda: estimation.recover(model(), TRUTH, design(20, 3), times=2, starts=1),
    "RestrictionTest": lambda: fitted().test({M: 1}),
    "ScoreTable": lambda: compared().table(times=50),
}
