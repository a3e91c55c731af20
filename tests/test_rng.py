"""Randomness is asked for in one way: ``rng``, a NumPy generator or a seed (SPEC 7). ``seed``, its old name, warns."""

import inspect
import types

import numpy as np
import pytest

import alliances as al
from alliances.arithmetic.canonical import random_generator, random_seed
from alliances.claims import SPONSOR_RESTRAINT, alliance_family
from tests.test_results import MODULES

FALLING = alliance_family(decisiveness=2, enforcement=al.GivenPunishment())
FEW = {"checks": ["finite"], "examples": 5}
RENAMED = {  # what was called seed in 0.1.0, at a small size
    "score": lambda **options: al.cases.score(["chindea_2014", "always durable"], candidates=16, **options),
    "falsify": lambda **options: SPONSOR_RESTRAINT.falsify(FALLING, examples=30, **options),
    "check_model": lambda **options: al.testing.check_model(al.presets.chindea_2014(), **FEW, **options),
    "check_contest": lambda **options: al.testing.check_contest(al.Tullock(2), **FEW, **options),
    "check_synergy": lambda **options: al.testing.check_synergy(al.ConstantSynergy(1), **FEW, **options),
    "check_sharing": lambda **options: al.testing.check_sharing(al.Proportional(), **FEW, **options),
}


@pytest.mark.parametrize("name", RENAMED)
def test_the_old_name_works_and_warns_at_the_line_that_uses_it(name):
    with pytest.warns(DeprecationWarning, match=rf"^{name}\(\): seed is now called rng; .* up to version 0\.2$") as caught:
        old = RENAMED[name](seed=3)
    assert caught[0].filename == __file__
    new = RENAMED[name](rng=3)
    assert old.seed == new.seed == 3
    assert old.to_dict() == new.to_dict()


def test_prove_takes_the_old_name():
    with pytest.warns(DeprecationWarning, match=r"^prove\(\): seed is now called rng") as caught:
        proof = SPONSOR_RESTRAINT.prove(FALLING, seed=3)
    assert caught[0].filename == __file__
    assert proof.counterexample.parameters == SPONSOR_RESTRAINT.prove(FALLING, rng=3).counterexample.parameters


@pytest.mark.sampled(1)
@pytest.mark.parametrize("name", RENAMED)
def test_what_a_generator_drew_is_repeated_by_its_seed(name):
    ask = RENAMED[name]
    one, same = (ask(rng=np.random.default_rng(7)) for _ in range(2))
    assert one.to_dict() == same.to_dict()
    assert ask(rng=one.seed).to_dict() == one.to_dict()
    assert one.seed != ask(rng=np.random.default_rng(8)).seed
    assert isinstance(ask(rng=np.int64(2)).seed, int)


def test_seeds():
    generator = np.random.default_rng(1)
    assert random_seed(5, "f") == 5
    assert random_seed(generator, "f") != random_seed(generator, "f")  # goes on
    assert random_seed(None, "f") != random_seed(None, "f")  # new ones
    assert 0 <= random_seed(np.random.default_rng(1), "f") < 2**32
    assert random_generator(generator, "f") is generator
    for rng, error in ((True, TypeError), ("a", TypeError), (1.5, TypeError), (-1, ValueError)):
        for make in (random_generator, random_seed):
            with pytest.raises(error, match=r"^f\(\): rng must be a NumPy generator or a seed.*; got "):
                make(rng, "f")


def public_functions():
    """All public functions, and the public methods of public classes."""
    for module in MODULES:
        for name in module.__all__:
            thing = getattr(module, name)
            if inspect.isfunction(thing):
                yield f"{module.__name__}.{name}", thing
            elif not isinstance(thing, types.ModuleType):
                cls = thing if inspect.isclass(thing) else type(thing)
                yield from ((f"{name}.{m}", f) for m, f in inspect.getmembers(cls, inspect.isfunction) if m[0] != "_")


def test_no_public_function_has_a_seed_of_its_own():
    takes = {name: set(inspect.signature(function).parameters) for name, function in public_functions()}
    assert len(takes) > 200
    random = {name for name, parameters in takes.items() if "rng" in parameters}
    assert {"alliances.simulate_conflict", "alliances.simulate_breaks", "alliances.cases.score", "ASYMMETRY.measure"} <= random
    assert {name for name, parameters in takes.items() if "seed" in parameters} <= random
    others = {name for name, parameters in takes.items() if parameters & {"random_state", "generator", "rand"}}
    assert others == {"BetaPatience.rvs"}  # has the signature of SciPy's distributions, which may take its place
    old = {name.rpartition(".")[2] for name, parameters in takes.items() if "seed" in parameters}
    assert old == RENAMED.keys() | {"prove"}
