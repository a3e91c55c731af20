"""Critical discount factors along a line, as checks, measurements and programmes ask for them: what is passed on, what back."""

from fractions import Fraction as F
from types import SimpleNamespace

import numpy as np
import pytest

import alliances as al
from alliances.arithmetic import choose
from alliances.claims import ASYMMETRY, PACT_AT_PARITY, STAKES, Interval, monotone
from alliances.claims import recorded_lines as module
from alliances.claims.checking import check as checked
from alliances.claims.comparisons import Witness
from alliances.claims.lines import curves
from alliances.claims.measuring import verdicts
from alliances.claims.recorded_lines import recorded_curves
from alliances.claims.settling import Settled
from alliances.repeated.kernels.batch import evaluating_by
from tests.claim_support import dyad, family

GIVEN = al.GivenPunishment()
THREE = al.AllianceGame(
    al.Tullock(1.0),
    al.Complementarity(0.6),
    al.Proportional(),
    exposure=0.8,
    conflict_cost=0.15,
    coexist_exposure=0.5,
    support_cost=0.02,
)


def same(found, wanted):
    """Curves that agree in all that they hold."""
    for name in ("points", "sponsor", "proxy", "slack", "comparable", "valid"):
        np.testing.assert_array_equal(getattr(found, name), getattr(wanted, name))
    assert (found.other is None) is (wanted.other is None)
    if wanted.other is not None:
        np.testing.assert_array_equal(found.other, wanted.other)
    assert found.searched == wanted.searched


# -- programmes --------------------------------------------------------------------------------------------------------


@pytest.fixture
def answers(monkeypatch):
    """What is asked of :func:`evaluated`, which answers each output with arrays of the shapes given, or with None."""
    asked = []

    def giving(*shapes):
        waiting = list(shapes)

        def evaluated(question, outputs):
            asked.append((question, tuple(outputs)))
            shape = waiting.pop(0)
            if shape is None:
                return None
            numbers = np.arange(np.prod(shape, dtype=int)).reshape(shape)
            found = {name: numbers + 100.0 * (k + 1) for k, name in enumerate(("sponsor", "proxy", "rounding", "dyad"))}
            found |= {"credible": numbers % 2 == 0, "deterrent": numbers < 4}
            return [found[name] for name in outputs]

        monkeypatch.setattr(module, "evaluated", evaluated)
        return asked

    return giving


def test_a_programme_along_the_gap(answers):
    """One question: the model at the gaps in floats, for the profile asked; what it gives is spread over all models."""
    asked, given = answers((1, 3)), []
    points = np.array([F(0), F(1, 4), F(1, 2)])
    found = recorded_curves(lambda z: given.append(z) or THREE, "gap", points, GIVEN, (1, 0), (), F(3), pact=False, models=(2,))
    assert given == [None]
    ((question, outputs),) = asked
    assert outputs == ("sponsor", "proxy", "rounding")
    assert (question.game, question.enforcement, question.profile) == (THREE, GIVEN, (1, 0))
    assert question.power.sponsor.dtype == question.power.proxy.dtype == np.float64
    np.testing.assert_allclose(question.power.gap, [0, 0.25, 0.5])
    np.testing.assert_allclose(question.power.sponsor + question.power.proxy, 3)
    assert found.points is points
    assert found.sponsor.tolist() == [[100, 101, 102]] * 2
    assert found.proxy.tolist() == [[200, 201, 202]] * 2
    assert found.slack.tolist() == [[300, 301, 302]] * 2
    assert (found.other, found.searched) == (None, False)
    assert found.valid.tolist() == [[True] * 3] * 2
    assert found.comparable.tolist() == [[True] * 2] * 2


def test_a_programme_along_a_parameter(answers):
    """The model at the values, at parity; a pact's profile where the claim is about the pact."""
    points = np.array([1.0, 2.0])
    for pact, profile in ((True, (1, 1)), (False, (0, 0))):
        asked, given = answers((4, 2)), []
        del asked[:]
        found = recorded_curves(
            lambda z, given=given: given.append(z) or THREE, "stakes", points, GIVEN, (0, 0), (), 2, pact=pact, models=(4,)
        )
        assert len(given) == 1
        assert given[0] is points
        ((question, outputs),) = asked
        assert outputs == ("sponsor", "proxy", "rounding")
        assert question.profile == profile
        assert question.power.gap.tolist() == [0, 0]
        assert question.power.sponsor.tolist() == question.power.proxy.tolist() == [1, 1]
        assert found.sponsor.tolist() == [[100, 101], [102, 103], [104, 105], [106, 107]]
        assert found.comparable.shape == (4, 1)
        assert found.other is None


def test_a_programme_at_parity_asks_twice(answers):
    """Of the pact with the assumptions, which all have to hold, and of the profile that it is compared with."""
    asked = answers((6, 1), (6, 1))
    asked_of = (lambda z: THREE, "parity", np.zeros(1), GIVEN, (0, 0))
    found = recorded_curves(*asked_of, ("credible", "deterrent"), 1, pact=True, models=(6,))
    assert [(question.profile, outputs) for question, outputs in asked] == [
        ((1, 1), ("sponsor", "proxy", "rounding", "credible", "deterrent")),
        ((0, 0), ("dyad",)),
    ]
    assert [question.power.gap.tolist() for question, _ in asked] == [[0], [0]]
    assert found.sponsor.ravel().tolist() == [100 + k for k in range(6)]
    assert found.other.ravel().tolist() == [400 + k for k in range(6)]
    wanted = [[k % 2 == 0 and k < 4] for k in range(6)]  # credible, and deterrent
    assert found.valid.tolist() == found.comparable.tolist() == wanted


def test_where_there_is_no_programme(answers):
    """Assumptions between points, what is no model, a batch without a programme, or one of other models than were said."""
    three, two, one = np.array([0.0, 0.25, 0.5]), np.array([0.0, 0.5]), np.zeros(1)

    def of(points, assume, *shapes, line="gap", model=THREE, models=(2,)):
        asked = answers(*shapes)
        del asked[:]
        found = recorded_curves(lambda z: model, line, points, GIVEN, (0, 0), assume, 1, pact=False, models=models)
        return found, len(asked)

    assert of(three, ("credible",)) == (None, 0)
    assert of(two, ("credible",)) == (None, 0)
    assert of(two, (), (2, 2))[0] is not None
    assert of(one, ("credible",), (2, 1))[0].valid.shape == (2, 1)
    assert of(three, (), model="no game") == (None, 0)
    assert of(three, (), None) == (None, 1)
    assert of(three, (), (4, 3), models=(1,)) == (None, 1)  # the parameters are arrays of four
    assert of(three, (), (4, 3), models=(4,))[0].sponsor.shape == (4, 3)
    assert of(three, (), (), models=(2, 2))[0].proxy.tolist() == [[[200] * 3] * 2] * 2
    assert of(one, (), (2, 1), None, line="parity") == (None, 2)
    assert of(one, (), None, line="parity") == (None, 1)
    with pytest.raises(ValueError, match=r"^critical_discount\(\): ") as error:
        recorded_curves(lambda z: THREE, "gap", three, GIVEN, ("hope", 0), (), 1, pact=False, models=(2,))
    assert "hope" in str(error.value)


@pytest.mark.parametrize("method", ["numpy", "ordinary"])
def test_two_points_with_an_assumption_are_looked_at_between(method):
    """The assumption holds at both points and fails between them, so that the two are not comparable, however it is asked."""

    def cells(q):
        o = 0 * q.gap
        hurt = choose((q.gap > 0.2) & (q.gap < 0.3), 1 + o, -1 + o)
        return [[(o, o), (o - 3, 1 + o)], [(1 + o, o - 3), (hurt, hurt)]]

    asked = (lambda _: al.CustomGame(cells), "gap", np.array([0.0, 0.5]), GIVEN, (0, 0), ("deterrent",), 1)
    with evaluating_by(method):
        assert recorded_curves(*asked, pact=False, models=(1,)) is None
    lines = curves(*asked, pact=False)
    assert lines.valid.tolist() == [True, True]
    assert lines.comparable.tolist() == [False]


# -- checks ------------------------------------------------------------------------------------------------------------


def rising(low=0.6, high=0.7):
    """The proxy's temptation rises with the gap; punishment hurts but in a hole."""
    return dyad((lambda g: 1 + g, lambda g: choose((g > low) & (g < high), -1 + 0 * g, 1 + 0 * g)))


CHECKS = {
    "gap": (ASYMMETRY, rising(), {"gaps": [0.0, 0.5, 0.9], "assume": ("deterrent",), "total": 3}, lambda _: rising()),
    "v": (
        monotone("m", along="v"),
        lambda v: dyad((lambda g: 1 + v + 0 * g, lambda g: choose((v > 0.6) & (v < 0.7), -1 + 0 * g, 1 + 0 * g))),
        {"values": [0.0, 0.5, 0.9], "gaps": [0.25], "assume": ("deterrent",), "total": 3},
        None,
    ),
}


@pytest.mark.parametrize("name", CHECKS)
@pytest.mark.parametrize("status", ["certain", "dismissed", "open"])
def test_a_check_of_a_line_is_settled(name, status, monkeypatch):
    """Points that seem to contradict a claim are asked about again: cuts are compared at their points, not between them."""
    claim, model, options, build = CHECKS[name]
    given = []

    def settled(asked, evaluate, lines, broken):
        given.append((asked, evaluate, lines, broken))
        return Settled(status, None if status == "dismissed" else Witness(F(1), F(2), F(1, 3), F(2, 3), "proxy"))

    monkeypatch.setattr("alliances.claims.checking.settled", settled)
    check = checked(claim, model, enforcement=GIVEN, **options)
    ((asked, evaluate, lines, broken),) = given
    at_gap = name == "gap"
    again = build if at_gap else check.question.model
    points = np.array([0.0, 0.5, 0.9])
    rest = (GIVEN, (0, 0), ("deterrent",), 3)
    same(lines, curves(again, name, points, *rest, pact=False))
    assert lines.comparable.tolist() == [True, False]  # from 0.5 to 0.9 over the hole
    assert broken.at.tolist() == claim.shape.breaks(lines).at.tolist()
    assert broken.at.any()
    cut = np.array([0.5, 0.59, 0.71, 0.9])
    same(evaluate(cut), curves(again, name, cut, *rest, pact=False, look_between=False))
    assert evaluate(cut).comparable.tolist() == [True, True, True]
    assert (asked.shape, asked.profile, asked.assume, asked.total) == (claim.shape, (0, 0), ("deterrent",), 3)
    assert asked.enforcement(None) is GIVEN
    found = {"certain": "fails", "dismissed": "holds", "open": "unclear"}[status]
    witness = Witness(F(1), F(2), F(1, 3), F(2, 3), "proxy")
    assert (check.status, check.claim, check.line, check.points) == (found, claim.name, name, 3)
    assert check.witness == (witness if status == "certain" else None)
    assert check.suspicion == (witness if status == "open" else None)
    assert (check.exact, check.enforcement, check.assume) == (False, GIVEN, ("deterrent",))
    assert check.question.asked(check).total == 3


def test_a_check_of_a_pact_is_one_of_the_pact(monkeypatch):
    """Also where it is asked again: the pact's odds at these stakes, not those of the alliance."""
    given = []
    monkeypatch.setattr(
        "alliances.claims.checking.settled",
        lambda asked, evaluate, lines, broken: given.append((evaluate, lines)) or Settled("dismissed", None),
    )

    def model(z):
        o = 0 * z

        def cells(q):
            e = o + 0 * q.gap
            pact = [(e - 9, e - 9), (e, e), (e - 9, 2 - z / 9 + e)]
            return [
                [(e, e), (e - 9, e - 9), (e - 9, e + 7)],
                pact,
                [(e - 1, e - 9), (e - 1, e - 9), (e - 1, e - 1)],
            ]

        return al.CustomGame(cells, actions=("ally", "coexist", "fight"))

    falls = checked(STAKES, model, enforcement=GIVEN, stakes=[1.0, 2.0, 4.0], total=2)
    assert (falls.status, falls.points) == ("holds", 3)  # as it was told that nothing is contradicted
    ((evaluate, lines),) = given
    cut = np.array([1.0, 1.5])
    for points, found in (([1, 2, 4], lines), (cut, evaluate(cut))):
        # δ* = ω/(1 + ω): the pact tempts the proxy by 2 − z/9, and punishment costs 1; the alliance would tempt it by 7
        temptation = [2 - z / 9 for z in points]
        np.testing.assert_allclose(found.proxy, [w / (1 + w) for w in temptation])


def test_a_check_at_parity_compares_two_profiles():
    """δ* of the pact and of the profile asked: by hand from temptation and loss, with the total asked."""
    check = checked(PACT_AT_PARITY, THREE, enforcement=GIVEN, total=3)
    power = al.Power(1.5, 1.5)
    pact, alliance = (float(al.critical_discount(THREE, power, profile=p, enforcement=GIVEN).dyad) for p in ((1, 1), (0, 0)))
    assert check.status == ("fails" if pact > alliance else "holds")
    assert (check.points, check.line) == (1, "parity")


# -- measurements ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["certain", "dismissed", "open"])
def test_models_of_a_family_are_settled_one_by_one(status, monkeypatch):
    """Of many models at once each that seems to contradict a claim is asked about again, at the points of cuts alone."""

    def model(v):
        return dyad((lambda g: 1 + v * g, lambda g: choose((g > 0.6) & (g < 0.7), -1 + 0 * g, 1 + 0 * g + 0 * v)))

    of = family(model, Interval(-1, 1), gaps=Interval(0, F(9, 10)), enforcement=GIVEN, assume=("deterrent",), total=3)
    given = []

    def settled(asked, evaluate, lines, broken, *, widest):
        assert widest is False
        given.append((asked, evaluate, lines, broken))
        return SimpleNamespace(status=status)

    monkeypatch.setattr("alliances.claims.measuring.settled", settled)
    unit = np.array([[0.125], [0.75], [0.875]])  # v = −3/4, 1/2 and 3/4: the odds rise at the last two
    found = verdicts(ASYMMETRY, of, unit, 12, False)
    assert len(given) == 2
    for v, (asked, evaluate, lines, broken) in zip((0.5, 0.75), given, strict=True):
        rest = (GIVEN, (0, 0), ("deterrent",), 3)
        same(lines, curves(lambda _, v=v: model(v), "gap", lines.points, *rest, pact=False))
        assert broken.at.tolist() == ASYMMETRY.shape.breaks(lines).at.tolist()
        cut = np.array([0.5, 0.59, 0.71, 0.9])
        same(evaluate(cut), curves(lambda _, v=v: model(v), "gap", cut, *rest, pact=False, look_between=False))
        assert evaluate(cut).comparable.tolist() == [True, True, True]
        assert (asked.shape, asked.profile, asked.assume, asked.total) == (ASYMMETRY.shape, (0, 0), ("deterrent",), 3)
    assert found.holds.tolist() == [True, status == "dismissed", status == "dismissed"]
    assert found.unclear.tolist() == [False, status == "open", status == "open"]
    assert found.vacuous.tolist() == [False] * 3
