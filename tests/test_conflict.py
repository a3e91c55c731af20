"""Duration of conflict: walks against their ruin, when narrow gaps protract and when they do not, simulations, limits."""

import json
from fractions import Fraction as F

import numpy as np
import pytest

import alliances as al
from tests.support import comeback

CONTESTS = (al.Tullock(1), al.Tullock(2), al.Tullock(5), al.AllPay(), al.Hirshleifer(1), F(1, 2))


@pytest.mark.parametrize("win", CONTESTS, ids=str)
@pytest.mark.parametrize("kind", [F, float])
def test_every_contest_of_the_library_protracts_narrow_wars(win, kind):
    walk = al.ConflictWalk(kind(F(3, 2)), kind(F(3, 2) ** 6), win)
    wars = al.conflict_duration(walk.lattice(), walk)
    gaps = np.abs(wars.power.gap)
    for nearer, farther in zip(np.sort(gaps)[:-1], np.sort(gaps)[1:], strict=True):
        if farther - nearer > 1e-9:
            assert wars.rounds[gaps == nearer].min() > wars.rounds[gaps == farther].max()


@pytest.mark.parametrize(
    ("walk", "parity", "wide"),
    [
        (al.ConflictWalk(2, (8, 2)), 3, 4),  # the proxy eliminates more easily: the peak is off parity
        (al.ConflictWalk(2, 4, F(1, 4)), F(16, 5), F(17, 5)),  # by hand: 2/(1 − 2pq) and 1 + 2q/(1 − 2pq)
        (al.ConflictWalk(2, 4, lambda power: (power.share / 4, 1 - power.share / 4)), F(192, 79), F(239, 79)),
    ],
    ids=["barriers", "bias", "contest"],
)
def test_where_the_claim_fails(walk, parity, wide):
    assert al.conflict_duration(al.Power(1, 1), walk).rounds == parity
    assert al.conflict_duration(al.Power(2, 1), walk).rounds == wide
    assert wide > parity


def test_between_lattices_the_overshoot_differs():
    walk = al.ConflictWalk(2, 4)
    assert [al.conflict_duration(p, walk).rounds for p in (al.Power(1, 1), al.Power(3, 2), al.Power(2, 1))] == [4, 6, 3]
    assert walk.steps(al.Power(3, 2)) == (3, 2)


# -- The walk ---------------------------------------------------------------------------------------------------------------


def in_proportion(power):
    """A contest that is a function, not an instance."""
    return power.share, power.proxy_share


@pytest.mark.parametrize("win", [*CONTESTS, F(1, 3), 0, 1, in_proportion], ids=lambda win: getattr(win, "__name__", str(win)))
@pytest.mark.parametrize("barrier", [F(27, 8), (F(9, 4), F(81, 16))])
def test_the_walk_is_its_ruin(win, barrier):
    walk = al.ConflictWalk(F(3, 2), barrier, win)
    for power in (al.Power(1, 1), al.Power(5, 4), al.Power(F(9, 4), F(3, 2))):
        a, b = walk.steps(power)
        chain, war = walk.ruin(power), al.conflict_duration(power, walk)
        assert chain.states == a + b + 1
        assert [war.rounds, war.sponsor, war.proxy] == pytest.approx([chain.duration[a], chain.prevails[a], chain.ruined[a]])
        if chain.exact:
            assert (war.rounds, war.sponsor) == (chain.duration[a], chain.prevails[a])
            assert isinstance(war.rounds, F)
        assert war.over_by(5).astype(float) == pytest.approx(chain.over_by(5)[a].astype(float))
        assert war.quantile(0.6) == chain.quantile(0.6)[a]


@pytest.mark.parametrize("win", [al.Tullock(2), al.Hirshleifer(0.3), 0.4, 0.5], ids=str)
def test_arrays_of_dyads_are_loops(win):
    rng = np.random.default_rng(3)
    walk = al.ConflictWalk(1.3, (9.0, 5.0), win)
    power = al.Power(rng.uniform(0.1, 3, (4, 5)), rng.uniform(0.1, 3, (1, 5)))
    wars = al.conflict_duration(power, walk)
    medians, over = wars.quantile(0.5), wars.over_by(7)
    assert {0} < set(np.sign(wars.rounds).ravel().astype(int).tolist())  # some are over before they begin
    for k in np.ndindex(4, 5):
        one = al.conflict_duration(power[k], walk)
        assert (one.rounds, one.sponsor, one.proxy) == pytest.approx(
            (wars.rounds[k], wars.sponsor[k], wars.proxy[k]), rel=1e-13
        )
        assert one.quantile(0.5) == medians[k]
        assert one.over_by(7) == pytest.approx(over[k], rel=1e-13)
        assert (one.steps_down, one.steps_up) == (wars.steps_down[k], wars.steps_up[k])


def test_the_total_stays_that_of_the_start():
    walk = al.ConflictWalk(2.0, 8.0, al.Hirshleifer(0.5))
    for total in (1.0, 40.0):
        win = [al.Hirshleifer(0.5)(al.Power.from_ratio(2.0**k, total))[0] for k in range(-2, 3)]
        war = al.conflict_duration(al.Power.from_ratio(2.0, total), walk)
        assert war.rounds == pytest.approx(al.GamblersRuin(win).duration[4])


@pytest.mark.slow
def test_starts_far_apart_do_not_overflow_each_other():
    walk = al.ConflictWalk(2.0, 2.0**1000, al.Tullock(1.0))
    wars = al.conflict_duration(al.Power([2.0**999, 1.0, 1.0], [1.0, 1.0, 2.0**999]), walk)
    assert wars.rounds[0] == wars.rounds[2] == pytest.approx(1)
    assert 1000 < wars.rounds[1] < 1010


def test_exact_and_float_starts_agree():
    exact, floats = al.ConflictWalk(2, 1024, al.Tullock(2)), al.ConflictWalk(2.0, 1024.0, al.Tullock(2.0))
    here, there = (al.conflict_duration(w.lattice(), w) for w in (exact, floats))
    assert here.rounds.dtype == object
    assert there.rounds == pytest.approx(here.rounds.astype(float), rel=1e-13)
    assert there.proxy == pytest.approx(here.proxy.astype(float), rel=1e-12)
    mixed = al.conflict_duration(al.Power(1, 1), al.ConflictWalk(2, 8.0))
    assert (mixed.rounds, type(mixed.rounds)) == (9.0, float)


def test_relabelling_the_sides():
    walk, mirror = al.ConflictWalk(2, (32, 8), al.Tullock(2)), al.ConflictWalk(2, (8, 32), al.Tullock(2))
    power = walk.lattice()
    one, other = al.conflict_duration(power, walk), al.conflict_duration(al.Power(power.proxy, power.sponsor), mirror)
    assert one.rounds.tolist() == other.rounds.tolist()
    assert one.sponsor.tolist() == other.proxy.tolist()


def test_the_barriers_count_exactly():
    third = al.ConflictWalk(F(4, 3), F(4, 3) ** 30)
    assert third.steps(al.Power(1, 1)) == (30, 30)
    assert third.steps(al.Power(F(4, 3) ** 29 * F(10**12 + 1, 10**12), 1)) == (60, 1)
    assert third.steps(al.Power(F(4, 3) ** 29 * F(10**12 - 1, 10**12), 1)) == (59, 2)
    assert third.steps(al.Power(F(4, 3) ** 30, 1)) == (60, 0)
    assert al.ConflictWalk.from_log_ratio(0.1, (1.0, 0.7)).steps(al.Power(1.0, 1.0)) == (7, 10)
    over = al.conflict_duration(al.Power(9, 1), al.ConflictWalk(2, 8))
    assert (over.rounds, over.sponsor, over.proxy, over.quantile(0.5)) == (0, 1, 0, 0)
    assert over.message == "The war is over before it begins: the sponsor has prevailed."


def test_small_steps_tend_to_a_brownian_motion():
    start = al.Power.from_log_ratio(0.25)
    errors = []
    for h in (0.25, 0.05, 0.01):
        walk = al.ConflictWalk.from_log_ratio(h, (1.0, 1.5))
        limit = walk.brownian_rounds(start)
        assert limit == pytest.approx(0.75 * 1.75 / h**2)
        errors.append(abs(al.conflict_duration(start, walk).rounds / limit - 1))
    assert max(errors) < 1e-9  # on the lattice the two agree exactly
    off = al.Power.from_log_ratio(0.2337)
    gaps = [al.conflict_duration(off, w).rounds / w.brownian_rounds(off) - 1 for w in
            (al.ConflictWalk.from_log_ratio(h, 1.0) for h in (0.1, 0.01, 0.001))]  # fmt: skip
    assert gaps[0] > 5 * gaps[1] > 25 * gaps[2] > 0
    assert al.ConflictWalk(2, 8).brownian_rounds(al.Power(9, 1)) == 0


@pytest.mark.parametrize("win", [al.Tullock(1), al.Hirshleifer(2.0), F(2, 5), F(1, 2)], ids=str)
def test_simulation(win):
    walk = al.ConflictWalk(F(3, 2), (F(27, 8), F(9, 4)), win)
    power = al.Power([1, 5, 3, 9], [1, 4, 2, 1])
    exact, wars = al.conflict_duration(power, walk), al.simulate_conflict(power, walk, rng=7, size=40_000)
    error = np.where(wars.standard_error > 0, wars.standard_error, 1e-12)
    assert (np.abs(wars.mean - exact.rounds.astype(float)) < 4 * error).all()
    share = exact.sponsor.astype(float)
    assert (np.abs(wars.sponsor - share) <= 4 * np.sqrt(share * (1 - share) / 40_000)).all()
    assert (wars.rounds[3] == 0).all()
    assert (wars.winner[3] == 1).all()
    assert (np.abs(np.median(wars.rounds, axis=-1) - exact.quantile(0.5)) <= 1).all()
    assert wars.standard_error == pytest.approx(np.sqrt(np.var(wars.rounds, axis=-1, ddof=1) / 40_000))
    again = al.simulate_conflict(power, walk, rng=np.random.default_rng(7), size=40_000)
    assert (again.rounds == wars.rounds).all()


def test_simulations_are_given_up():
    wars = al.simulate_conflict(al.Power(1, 1), al.ConflictWalk(2, 8, comeback), rng=0, size=5, limit=20)
    assert np.isinf(wars.rounds).all()
    assert not wars.winner.any()
    assert wars.message == "5 wars, none of them over."
    assert np.isnan(al.simulate_conflict(al.Power(1, 1), al.ConflictWalk(2, 8), rng=0, size=1).standard_error)


def test_results_in_other_forms():
    walk = al.ConflictWalk(2, 8)
    war = al.conflict_duration(walk.lattice(), walk)
    assert json.loads(json.dumps(war.to_dict()))["sponsor"] == ["1/6", "1/3", "1/2", "2/3", "5/6"]
    assert war.message == "5 wars: 5 to 9 rounds, sponsor prevails with 0.166667 to 0.833333."
    frame = war.to_frame()
    assert frame["rounds"].tolist() == [5, 8, 9, 8, 5]
    assert frame["gap"].tolist() == pytest.approx([-0.6, -1 / 3, 0, 1 / 3, 0.6])


def test_the_picture():
    from matplotlib import pyplot as plt

    walk = al.ConflictWalk(2, 8)
    ax = walk.plot(label="luck")
    assert al.ConflictWalk(2, 16).plot(ax, color="0.5") is ax
    assert len(ax.figure.axes) == 2
    left, right = ax.figure.axes
    assert left.get_lines()[0].get_ydata().tolist() == [5, 8, 9, 8, 5]
    assert right.get_lines()[0].get_ydata() == pytest.approx([1 / 6, 1 / 3, 1 / 2, 2 / 3, 5 / 6])
    assert left.get_lines()[1].get_xdata() == pytest.approx(al.ConflictWalk(2, 16).lattice().gap.astype(float))
    assert "rounds" in left.get_ylabel()
    plt.close("all")


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: al.ConflictWalk(1, 8), ValueError, r"ConflictWalk\(\): swing must be greater than 1 and finite; got 1"),
        (lambda: al.ConflictWalk(2, 1.0), ValueError, r"barrier must be greater than 1 and finite; got 1.0"),
        (lambda: al.ConflictWalk(2, (8, 8, 8)), ValueError, r"barrier must be one number or a pair"),
        (lambda: al.ConflictWalk(2, (8, 1)), ValueError, r"barrier must be greater than 1"),
        (lambda: al.ConflictWalk(2, [8, 4]), TypeError, r"barrier must be one number"),
        (lambda: al.ConflictWalk(2, 8, 1.5), ValueError, r"win must lie in \[0, 1\]; got 1.5"),
        (lambda: al.ConflictWalk(2, 8, al.Tullock), TypeError, r"win must be a number or an instance"),
        (lambda: al.ConflictWalk.from_log_ratio(0, 1), ValueError, r"from_log_ratio\(\): step must be positive"),
        (lambda: al.conflict_duration(0.5, al.ConflictWalk(2, 8)), TypeError, r"conflict_duration\(\): power must be a Power"),
        (lambda: al.conflict_duration(al.Power(1, 1), 2), TypeError, r"walk must be a ConflictWalk; got 2"),
        (lambda: al.conflict_duration(al.Power(1, 1), al.ConflictWalk(1 + 1e-9, 8.0)), ValueError, r"at most 1000000 steps"),
        (
            lambda: al.conflict_duration(al.Power(1, 1), al.ConflictWalk(2, 8, lambda p: (p.share, p.share / 2))),
            ValueError,
            r"must be two probabilities that sum to 1",
        ),
        (
            lambda: al.conflict_duration(al.Power(1, 1), al.ConflictWalk(2, 8, lambda p: p.share)),
            TypeError,
            r"win must return a pair of probabilities",
        ),
        (lambda: al.ConflictWalk(2, 8).ruin(al.Power([1, 2], 1)), ValueError, r"power must be one dyad; got shape \(2,\)"),
        (lambda: al.ConflictWalk(2, 8).ruin(al.Power(8, 1)), ValueError, r"power must lie between the barriers"),
        (lambda: al.ConflictWalk(2, 8, F(1, 3)).brownian_rounds(al.Power(1, 1)), ValueError, r"win must be 1/2"),
        (lambda: al.GamblersRuin(0.5), TypeError, r"GamblersRuin\(\): win must be an array"),
        (lambda: al.GamblersRuin([0.5, 1.2]), ValueError, r"win must lie in \[0, 1\]; got 1.2 at index \(1,\)"),
        (lambda: al.GamblersRuin([0.5]).quantile(1), ValueError, r"level must lie strictly between 0 and 1; got 1"),
        (lambda: al.GamblersRuin([0.5]).over_by(-1), ValueError, r"rounds must be an integer of at least 0; got -1"),
        (lambda: al.GamblersRuin([0.5]).duration_by("magic"), ValueError, r"method must be one of sums, linear system"),
        (lambda: al.GamblersRuin([0.5, 1]).duration_by("sums"), ValueError, r"strictly between 0 and 1 for 'sums'"),
        (lambda: al.GamblersRuin([[0.5]]).duration_by("linear system"), ValueError, r"one chain for 'linear system'"),
        (lambda: al.GamblersRuin(np.linspace(0.9, 0.1, 200)).quantile(0.5), ValueError, r"short enough to follow"),
        (lambda: al.simulate_conflict(al.Power(1, 1), al.ConflictWalk(2, 8), size=0), ValueError, r"size must be an integer"),
    ],
)  # fmt: skip
def test_wrong_input(call, error, message):
    with pytest.raises(error, match=message):
        call()
