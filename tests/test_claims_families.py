"""Families and searches: what they refuse, in full, and what is drawn, counted and kept."""

from fractions import Fraction as F
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import HealthCheck, errors, find, settings

import alliances as al
from alliances.claims import (
    ASYMMETRY,
    STAKES,
    Check,
    Choice,
    Falsification,
    Family,
    Interval,
    alliance_family,
)
from alliances.claims.falsifying import falsify, values_of
from tests.test_claims_answers import FALLING, GIVEN, HALF, OPEN
from tests.test_claims_asked import refusal

# -- searches ----------------------------------------------------------------------------------------------------------


def test_what_cannot_be_searched():
    def search(family=OPEN, examples=5):
        return falsify(ASYMMETRY, ASYMMETRY.verdict, family, examples, 0)

    for wrong in (0, -1, 2.5, True, "a"):
        assert refusal(search, examples=wrong) == (
            ValueError,
            f"falsify(): examples must be a whole number, at least 1; got {wrong!r}",
        )
    assert refusal(search, family=FALLING) == (
        TypeError,
        f"falsify(): family must be a Family, which says what is open; got {FALLING!r}",
    )
    assert refusal(falsify, STAKES, STAKES.verdict, OPEN, 5, 0) == (
        ValueError,
        f"falsify(): family must leave 'stakes' open over an interval, for 'stakes'; got {OPEN}",
    )


@pytest.mark.parametrize("examples", [1, 6, np.int64(3)])
def test_what_a_search_counts(examples):
    """Every model that is tried, and those that are unclear; nothing fails here."""
    statuses = iter(["unclear", "holds", "vacuous", "unclear", "unclear", "holds"])
    tried = []

    def verdict(family, parameters):
        assert family is OPEN
        assert parameters["v"] in Interval(0, 1)
        tried.append(next(statuses))
        return SimpleNamespace(status=tried[-1])

    found = falsify(ASYMMETRY, verdict, OPEN, examples, 11)
    assert (found.examples, found.unclear) == (len(tried), tried.count("unclear"))
    assert len(tried) == examples
    assert (found.parameters, found.check, found.seed, found.found) == (None, None, 11, False)


def test_a_search_ends_with_the_simplest_that_fails():
    """All models from 1/3 on fail: the whole number 1 is the simplest of them; its own verdict is kept."""

    def verdict(_, parameters):
        return SimpleNamespace(status="fails" if parameters["v"] >= F(1, 3) else "holds", message=f"seen {parameters['v']}")

    found = falsify(ASYMMETRY, verdict, OPEN, 50, 0)
    assert (found.parameters, found.check.message, found.unclear) == ({"v": 1}, "seen 1", 0)
    assert found.message == "asymmetry: falsified at v = 1. seen 1"


def test_a_falsification_as_a_record():
    check = Check("asymmetry", "fails", None, "gap", 2, True, GIVEN, ())
    parameters = {"v": F(1, 2), "w": "a", "n": 3}
    found = Falsification(ASYMMETRY, OPEN, parameters, check, 4, 5, 1)
    assert found.to_dict()["parameters"] == {"v": "1/2", "w": "a", "n": "3"}
    assert Falsification(ASYMMETRY, OPEN, None, None, 4, 5).to_dict()["parameters"] is None
    assert Falsification(ASYMMETRY, OPEN, None, None, 4, 5).unclear == 0
    with pytest.raises(AssertionError) as caught:
        found.raise_if_found()
    assert str(caught.value) == f"asymmetry: falsified at v = 1/2, w = a, n = 3. {check.message}"


ONCE = settings(database=None, derandomize=True, max_examples=300, suppress_health_check=list(HealthCheck))
DRAWN = {  # domains with numbers that can be drawn, and ones that cannot
    "ends": (Interval(0, 1), [F(0), F(1)], [F(1, 3)]),
    "open": (Interval(0, 1, "neither"), [HALF], [F(0), F(1)]),
    "half-line": (Interval(5), [F(5), F(15)], [F(16)]),
    "one hundredth": (Interval(0, F(1, 50), "neither"), [F(1, 100)], [F(1, 200), F(1, 50)]),
    "between hundredths": (Interval(0, F(1, 100), "neither"), [F(1, 1000), F(9, 1000)], [F(0), F(1, 100)]),
    "negative": (Interval(F(-5, 2), -2), [F(-5, 2), F(-2)], [F(-1)]),
}


@pytest.mark.parametrize("name", DRAWN)
def test_what_a_search_may_draw(name):
    domain, drawn, never = DRAWN[name]
    for value in drawn:
        assert find(values_of(domain), lambda x, value=value: x == value, settings=ONCE) == value
    for value in never:
        with pytest.raises(errors.NoSuchExample):
            find(values_of(domain), lambda x, value=value: x == value, settings=settings(ONCE, max_examples=15))


# -- families ----------------------------------------------------------------------------------------------------------

KEPT = {"model": lambda v: FALLING, "parameters": {"v": Interval(0, 1)}}
LAMBDA = KEPT["model"]
REFUSED = {
    "a game": (
        {"model": FALLING},
        TypeError,
        f"model must be a function of the open parameters that returns a game; got {FALLING!r}",
    ),
    "no function": ({"model": 3}, TypeError, "model must be a function of the open parameters that returns a game; got 3"),
    "pairs": ({"parameters": [("v", 1)]}, TypeError, "parameters must map names to domains; got [('v', 1)]"),
    "nothing": (
        {"parameters": {}},
        ValueError,
        "parameters must leave something open; got none (check() is for a single model)",
    ),
    "assumption": (
        {"assume": ("credible", "hope")},
        ValueError,
        "assume must name assumptions (credible, deterrent); got 'hope'",
    ),
    "a choice of gaps": ({"gaps": Choice(0, 1)}, ValueError, "gaps must be an interval within (-1, 1); got {0, 1}"),
    "beyond": ({"gaps": (0, F(3, 2))}, ValueError, "gaps must be an interval within (-1, 1); got (0, Fraction(3, 2))"),
    "below": ({"gaps": Interval(-2, 0)}, ValueError, "gaps must be an interval within (-1, 1); got [-2, 0]"),
    "without end": ({"gaps": Interval(0)}, ValueError, "gaps must be an interval within (-1, 1); got [0, ∞)"),
    "the end 1": (
        {"gaps": Interval(0, 1)},
        ValueError,
        "gaps must be an interval within (-1, 1), whose ends are no gaps; got [0, 1]",
    ),
    "the end -1": (
        {"gaps": Interval(-1, 0)},
        ValueError,
        "gaps must be an interval within (-1, 1), whose ends are no gaps; got [-1, 0]",
    ),
    "total": ({"total": 0}, ValueError, "total must be positive and finite; got 0"),
    "totals": ({"total": [1, 2]}, TypeError, "total must be one number; got [1, 2]"),
    "an unknown parameter": (
        {"enforcement": lambda w: GIVEN},
        TypeError,
        "enforcement must be a function of open parameters (v); got 'w'",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_families_that_are_refused(name):
    changes, error, text = REFUSED[name]
    assert refusal(Family, **KEPT | changes) == (error, f"Family(): {text}")


def test_families_at_their_limits():
    """All gaps may be open, as long as −1 and 1 are none; the power in all is the decimal that is written."""
    for gaps in (Interval(-1, 1, "neither"), Interval(-1, 0, "right"), Interval(0, 1, "left"), (0, HALF)):
        assert Family(**KEPT, gaps=gaps).gaps == (gaps if isinstance(gaps, Interval) else Interval(0, HALF))
    assert Family(**KEPT, total=0.1).total == F(1, 10)
    assert isinstance(Family(**KEPT, total=2).total, F)
    assert (Family(**KEPT).total, Family(**KEPT).gaps, Family(**KEPT).profile) == (1, Interval(0, 1, "left"), (0, 0))
    assert Family(**KEPT, assume="credible").assume == ("credible",)
    assert Family(**KEPT, assume=["credible", "deterrent"]).assume == ("credible", "deterrent")


def test_what_a_family_says_of_itself():
    moving = Family(
        lambda v, w: FALLING,
        {"v": Interval(0, 1), "w": Choice(1, 2)},
        enforcement=lambda w: al.FinitePunishment(w),
        assume="deterrent",
    )
    assert str(moving) == (
        "v in [0, 1]; w in {1, 2}; gaps [0, 1); a function of w; assuming that both players prefer the profile to conflict "
        "(or to the given punishing profile)"
    )
    assert (moving.punishing, moving.concept_name) == (("w",), "a function of w")
    assert moving.concept(v=0, w=2) == al.FinitePunishment(2)
    assert (OPEN.punishing, OPEN.concept_name, OPEN.concept(v=1)) == ((), repr(GIVEN), GIVEN)
    assert list(moving.combinations()) == [{"w": 1}, {"w": 2}]
    assert (list(moving.choices), list(moving.intervals)) == (["w"], ["v"])
    assert refusal(moving.at, v=1) == (ValueError, "Family.at(): values must be given for v, w; got v")
    wrong = Family(lambda v: 3, {"v": Interval(0, 1)})
    assert refusal(wrong.at, v=1) == (
        TypeError,
        "Family(): model must return a game such as AllianceGame, or a ConflictWalk; got 3",
    )
    kind, text = refusal(Family, lambda v, w: FALLING, {"v": Interval(0, 1)})
    assert kind is TypeError
    assert text.startswith("Family(): model must be a function of v; ")
    odd = Family(lambda v: FALLING, {"v": Interval(0, 1)}, enforcement=lambda v: 3)
    kind, text = refusal(odd.concept, v=1)
    assert kind is TypeError
    assert text.startswith("Family(): enforcement ")


def test_an_open_gap():
    """The gap is one more parameter, over the family's gaps, with its power in all; once open it stays so."""

    def model(v):
        return al.CustomGame(lambda q: [[(q.sponsor, q.proxy), (v + 0 * q.gap, q.gap)], [(q.gap, q.gap), (q.gap, q.gap)]])

    of = Family(model, {"v": Interval(0, 1)}, gaps=Interval(0, HALF), total=3)
    pinned = of.with_open_gap()
    assert pinned.parameters == {"v": Interval(0, 1), "gap": Interval(0, HALF)}
    cells = pinned.at(v=F(1), gap=F(1, 5)).cells(al.Power(F(1), F(1)))
    assert cells == (((F(9, 5), F(6, 5)), (F(1), F(1, 5))), ((F(1, 5), F(1, 5)), (F(1, 5), F(1, 5))))
    assert pinned.with_open_gap() is pinned
    named = Family(lambda gap: FALLING, {"gap": Interval(0, 1)})
    assert refusal(named.with_open_gap) == (
        ValueError,
        f"Family(): parameters must not be called 'gap' where the claim is about every gap; got {named}",
    )


@pytest.mark.parametrize(("u", "choice"), [(0.0, "a"), (0.33, "a"), (0.34, "b"), (0.66, "b"), (0.67, "c"), (0.999, "c")])
def test_draws_by_hand(u, choice):
    """One random number per parameter, in their order: equal parts of the choice, and a share of the interval's length."""
    numbers = iter([u, 0.25, 0.5])
    seen = []

    def model(w, v, z):
        seen.append((w, v, z))
        return FALLING

    of = Family(model, {"w": Choice("a", "b", "c"), "v": Interval(1, 3), "z": Interval(2, None)})
    assert of.draw(SimpleNamespace(random=lambda: next(numbers))) is FALLING
    assert seen == [(choice, 1.5, 3.0)]
    assert all(type(x) is float for x in seen[0][1:])


# -- the library's own families ----------------------------------------------------------------------------------------

HALF_LINE, SHARE, COST = Interval(0, None, "neither"), Interval(0, 1, "right"), Interval(0, HALF, "neither")
TENTH = F(1, 10)


def test_games_with_all_that_may_be_open():
    """Every parameter is where it belongs; the exposure under a pact is the guard's share of that of an ally."""
    family = alliance_family(
        contest="hirshleifer", decisiveness=HALF, synergy="common threat", sharing="wage", costs="unequal", actions=3, stakes=2,
        total=3,
    )  # fmt: skip
    assert list(family.parameters.items()) == [
        ("value", HALF_LINE),
        ("rival", HALF_LINE),
        ("exposure", SHARE),
        ("sponsor_cost", COST),
        ("proxy_cost", COST),
        ("wage", Interval(0, 1, "neither")),
        ("guard", SHARE),
        ("support_cost", Interval(0, F(1, 4))),
    ]
    assert family.total == 3
    at = {"value": F(3), "rival": F(5), "exposure": HALF, "sponsor_cost": TENTH, "proxy_cost": F(1, 5), "wage": F(1, 7)}
    game_ = family.at(**at, guard=F(1, 3), support_cost=F(1, 8))
    wanted = al.AllianceGame(
        al.Hirshleifer(HALF),
        al.CommonThreat(F(3), F(5)),
        al.Wage(F(1, 7)),
        exposure=HALF,
        conflict_cost=(TENTH, F(1, 5)),
        coexist_exposure=F(1, 6),
        support_cost=F(1, 8),
        stakes=2,
    )
    assert repr(game_) == repr(wanted)


@pytest.mark.parametrize("sharing", ["proportional", "equal", "bargaining", "agreed"])
@pytest.mark.parametrize("synergy", ["complementarity", "aggregation", "constant"])
def test_games_with_two_actions(synergy, sharing):
    made = {
        "proportional": al.Proportional,
        "equal": al.Equal,
        "bargaining": al.NashBargaining,
        "agreed": lambda: al.Agreed(F(1, 7)),
        "complementarity": al.Complementarity,
        "aggregation": al.Aggregation,
        "constant": al.ConstantSynergy,
    }
    family = alliance_family(synergy=synergy, sharing=sharing, decisiveness=Interval(1, 2), stakes=Choice(1, 2))
    agreed = {"gap0": Interval(0, 1, "neither")} if sharing == "agreed" else {}
    assert list(family.parameters.items()) == list(
        (
            {"value": HALF_LINE, "exposure": SHARE, "conflict_cost": COST}
            | agreed
            | {"decisiveness": Interval(1, 2), "stakes": Choice(1, 2)}
        ).items()
    )
    terms = dict.fromkeys(agreed, F(1, 7))
    found = family.at(value=F(3), exposure=HALF, conflict_cost=TENTH, decisiveness=F(3, 2), stakes=F(2), **terms)
    wanted = al.AllianceGame(
        al.Tullock(F(3, 2)), made[synergy](F(3)), made[sharing](), exposure=HALF, conflict_cost=TENTH, stakes=2
    )
    assert repr(found) == repr(wanted)


def test_contests_without_decisiveness():
    for decisiveness in (1, Interval(1, 2)):
        family = alliance_family(contest="all-pay", decisiveness=decisiveness, domains={"value": Interval(1, 2)})
        assert family.parameters == {"value": Interval(1, 2), "exposure": SHARE, "conflict_cost": COST}
        assert repr(family.at(value=F(1), exposure=HALF, conflict_cost=TENTH).contest) == repr(al.AllPay())
    plain = alliance_family()
    assert repr(plain.at(value=F(1), exposure=HALF, conflict_cost=TENTH)) == repr(
        al.AllianceGame(al.Tullock(1), al.Complementarity(F(1)), al.Proportional(), exposure=HALF, conflict_cost=TENTH)
    )


def test_the_librarys_families_refuse_in_words():
    names = {
        "contest": "tullock, hirshleifer, all-pay",
        "synergy": "complementarity, aggregation, constant, common threat",
        "sharing": "proportional, equal, bargaining, wage, agreed",
    }
    for argument, known in names.items():
        for wrong in ("luck", None, 3):
            assert refusal(alliance_family, **{argument: wrong}) == (
                ValueError,
                f"alliance_family(): {argument} must be one of {known}; got {wrong!r}",
            )
    assert refusal(alliance_family, costs="shared") == (
        ValueError,
        'alliance_family(): costs must be "equal" or "unequal"; got \'shared\'',
    )
    for wrong in (1, 4):
        assert refusal(alliance_family, actions=wrong) == (
            ValueError,
            f"alliance_family(): actions must be 2 or 3; got {wrong}",
        )
    assert refusal(alliance_family, domains={"guard": SHARE}) == (
        ValueError,
        "alliance_family(): domains must be of open parameters (value, exposure, conflict_cost); got 'guard'",
    )
