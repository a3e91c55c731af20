"""Stage games: construction, best deviations, pure equilibria, ordinal types."""

import itertools
import json
import math
from fractions import Fraction

import nashpy
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import alliances as al
from alliances.games.ordinal import PATTERNS
from tests.support import PD_PROXY, PD_SPONSOR, as_float, stage_games


def test_exactness_follows_the_input():
    assert al.StageGame(PD_SPONSOR, PD_PROXY).exact
    assert al.StageGame([[Fraction(1, 3)]], [[2]]).exact
    assert not al.StageGame([[0.5]], [[2]]).exact
    assert not al.StageGame(np.array([[0.5]]), np.array([[2]])).exact


def test_a_game_is_a_value():
    payoffs = np.array(PD_SPONSOR, dtype=float)
    game = al.StageGame(payoffs, payoffs.T)
    payoffs[0, 0] = 100.0
    assert game.A[0, 0] == 9.0
    with pytest.raises(ValueError, match="read-only"):
        game.A[0, 0] = 1.0


def test_batches_broadcast_and_index():
    a = np.arange(24.0).reshape(2, 3, 2, 2)
    game = al.StageGame(a, np.zeros((2, 2)))
    assert game.batch_shape == (2, 3)
    assert np.array_equal(game[1, 2].A, a[1, 2])
    assert game[1].batch_shape == (3,)
    with pytest.raises(IndexError, match="reaches past"):
        game[0, 0, 0]


@pytest.mark.parametrize(
    "index",
    [1, -1, slice(0, 2), (..., 1), (1, ...), [0, 1], (None, 1), (slice(None), [2, 0]), np.array([True, False])],
    ids=str,
)
def test_an_index_of_a_batch_selects_games(index):
    a = np.arange(24.0).reshape(2, 3, 2, 2)
    chosen = np.arange(6).reshape(2, 3)[index]
    game = al.StageGame(a, -a)[index]
    assert game.batch_shape == chosen.shape
    assert np.array_equal(game.A, a.reshape(6, 2, 2)[chosen])
    assert np.array_equal(game.B, -game.A)


@pytest.mark.parametrize(
    "index", [(slice(None), slice(None, None, -1)), (..., 0, 0), np.ones((3, 2), bool), 3, "ally"], ids=str
)
def test_an_index_does_not_reach_the_actions(index):
    batch = al.StageGame(np.arange(12.0).reshape(3, 2, 2), np.zeros((2, 2)), actions=("ally", "fight"))
    with pytest.raises(IndexError, match=r"(?s)StageGame: index .* reaches past the batch dimensions \(3,\)"):
        batch[index]


def test_large_integers_stay_exact():
    # NumPy has no integer type for both: it would make floats of them
    for big in (2**63, 2**64 + 1, np.uint64(2**63 + 1)):
        game = al.StageGame([[big, -1], [0, 1]], [np.array([2, 3]), np.array([4, 5])])
        assert game.exact
        assert game.A[0, 0] == int(big)
    mixed = al.StageGame([np.array([2**63 + 1], np.uint64), np.array([-1])], [[0], [0]])
    assert mixed.exact
    assert mixed.A[0, 0] == 2**63 + 1
    assert not al.StageGame([[2**63, -1.0]], [[0, 0]]).exact


@pytest.mark.parametrize("mixed", ["no", 1, None])
def test_mixed_is_true_or_false(mixed):
    with pytest.raises(TypeError, match=r"StageGame.minmax\(\): mixed must be True or False; got"):
        al.StageGame(PD_SPONSOR, PD_PROXY).minmax(mixed=mixed)


@given(stage_games())
def test_best_deviations_by_definition(game):
    for i, j in itertools.product(*map(range, game.shape)):
        best_s, best_p = game.best_deviations((i, j))
        assert best_s == max(game.A[k, j] for k in range(game.shape[0]))
        assert best_p == max(game.B[i, k] for k in range(game.shape[1]))


@given(stage_games())
def test_pure_nash_by_definition_and_by_nashpy(game):
    found = set(game.pure_nash())
    reference = nashpy.Game(game.A.astype(float), game.B.astype(float))
    for i, j in itertools.product(*map(range, game.shape)):
        row, column = np.eye(game.shape[0])[i], np.eye(game.shape[1])[j]
        assert ((i, j) in found) == all(reference.is_best_response(row, column))
        assert ((i, j) in found) == (game.pure_nash().regret[i, j] == 0)


@given(stage_games(), st.sampled_from([(1e12, 0.0), (1e-12, 0.0), (1.0, 1e9), (3.0, -1e9)]))
def test_pure_nash_ignores_scale_and_shift(game, transform):
    scale, shift = transform
    a, b = (x.astype(float) * scale + shift for x in (game.A, game.B))
    assert set(al.StageGame(a, b).pure_nash()) == set(game.pure_nash())


@given(stage_games(), st.randoms(use_true_random=False))
def test_pure_nash_follows_relabelling(game, random):
    rows, columns = (random.sample(range(k), k) for k in game.shape)
    relabelled = al.StageGame(game.A[np.ix_(rows, columns)], game.B[np.ix_(rows, columns)])
    assert {(rows[i], columns[j]) for i, j in relabelled.pure_nash()} == set(game.pure_nash())
    exchanged = al.StageGame(game.B.T, game.A.T)
    assert {(j, i) for i, j in exchanged.pure_nash()} == set(game.pure_nash())


@given(st.integers(0, 10**6))
def test_a_batch_is_a_loop(seed):
    rng = np.random.default_rng(seed)
    a, b = rng.integers(0, 4, (2, 5, 3, 2))
    batch = al.StageGame(a, b)
    mask = batch.pure_nash().mask
    for k in range(5):
        assert np.array_equal(mask[k], batch[k].pure_nash().mask)
        assert batch.pure_nash().count[k] == len(batch[k].pure_nash())


def test_one_list_of_profiles_is_for_one_game():
    batch = al.StageGame(np.zeros((3, 2, 2)), np.zeros((3, 2, 2)))
    with pytest.raises(ValueError, match="holds one game, not a batch"):
        list(batch.pure_nash())


def test_profiles_by_label_and_index():
    game = al.StageGame(PD_SPONSOR, PD_PROXY, actions=("ally", "fight"))
    assert game.profile(("ally", "fight")) == game.profile((0, 1)) == (0, 1)
    assert game.payoffs(("ally", "fight")) == (1, 10)
    uneven = al.StageGame([[1, 2, 3]], [[1, 2, 3]], actions=(("up",), ("l", "m", "r")))
    assert uneven.profile(("up", "r")) == (0, 2)


@pytest.mark.parametrize(
    ("profile", "error", "message"),
    [
        (("ally", "flee"), ValueError, "must name one of the actions .*; got 'flee'"),
        ((0, 2), ValueError, "must be below 2; got 2"),
        ((-1, 0), ValueError, "must be below 2; got -1"),
        ((0,), TypeError, "must be a pair"),
        ("ally", TypeError, "must be a pair"),
        ((0.0, 1), TypeError, "must be indices or labels; got 0.0"),
        ((True, 1), TypeError, "must be indices or labels; got True"),
    ],
)
def test_unknown_profiles_are_refused(profile, error, message):
    game = al.StageGame(PD_SPONSOR, PD_PROXY, actions=("ally", "fight"))
    with pytest.raises(error, match=message):
        al.critical_discount(game, profile=profile)


@pytest.mark.parametrize(
    ("a", "b", "error", "message"),
    [
        ([[1, 2], [3]], [[1, 2], [3, 4]], ValueError, "A must not be ragged"),
        ([[1, [2]], [3, 4]], [[1, 2], [3, 4]], ValueError, "A must not be ragged"),
        ([], [], ValueError, "A must not be empty"),
        ([[]], [[]], ValueError, "A must not be empty"),
        ([1, 2], [1, 2], ValueError, "A must have at least two dimensions"),
        ([[1, 2]], [[1], [2]], ValueError, "A and B must have the same numbers of rows and columns"),
        ([["a", "b"]], [[1, 2]], TypeError, "A must be numeric"),
        ([[1, None]], [[1, 2]], TypeError, "an element of A must be a number; got None"),
        ([[True, 2]], [[1, 2]], TypeError, "an element of A must be a number; got True"),
        (np.array([[True, 2]], dtype=object), [[1, 2]], TypeError, "an element of A must be a number; got True"),
        ([[1, math.nan]], [[1, 2]], ValueError, r"A must be finite; got nan at index \(0, 1\)"),
        ([[1, 2]], [[1, math.inf]], ValueError, r"B must be finite; got inf at index \(0, 1\)"),
        (np.zeros((2, 2, 2)), np.zeros((3, 2, 2)), ValueError, "A and B must broadcast"),
    ],
)
def test_bad_payoffs_are_named(a, b, error, message):
    with pytest.raises(error, match=r"StageGame\(\): " + message):
        al.StageGame(a, b)


@pytest.mark.parametrize(
    "actions",
    [
        ("one",),
        ("same", "same"),
        (("a", "b"), ("c",)),
        (1, 2),
        5,
        "ab",
        (),
        ("ab", ("c", "d")),
        (("a", "b"),) * 3,
        ((1, 2),) * 2,
    ],
    ids=repr,
)
def test_bad_labels_are_named(actions):
    with pytest.raises((ValueError, TypeError), match=r"StageGame\(\): actions must"):
        al.StageGame(PD_SPONSOR, PD_PROXY, actions=actions)


def test_conversion():
    game = al.StageGame(PD_SPONSOR, PD_PROXY, actions=("ally", "fight"))
    as_dict = json.loads(json.dumps(game.to_dict()))
    assert as_dict["A"] == [["9", "1"], ["10", "3"]]
    assert np.vectorize(Fraction)(as_dict["A"]).tolist() == game.A.tolist()
    assert as_float(game).to_dict()["A"] == [[9.0, 1.0], [10.0, 3.0]]
    assert al.StageGame(**as_float(game).to_dict()).actions == game.actions
    assert np.array_equal(game.to_nashpy().payoff_matrices[1], np.array(PD_PROXY, dtype=float))
    assert "10, 1" in str(game)


# -- ordinal types -----------------------------------------------------------------------------------------------------

SYMMETRIC = {  # (R, S, T, P), after Robinson & Goforth 2005 and Bruns 2015
    "Prisoners' Dilemma": (3, 1, 4, 2),
    "Chicken": (3, 2, 4, 1),
    "Battle": (2, 3, 4, 1),
    "Hero": (1, 3, 4, 2),
    "Compromise": (1, 2, 4, 3),
    "Deadlock": (2, 1, 4, 3),
    "Stag Hunt": (4, 1, 3, 2),
    "Assurance": (4, 1, 2, 3),
    "Coordination": (4, 2, 1, 3),
    "Peace": (4, 3, 1, 2),
    "Harmony": (4, 3, 2, 1),
    "Concord": (4, 2, 3, 1),
}


@pytest.mark.parametrize("name", SYMMETRIC)
def test_symmetric_games(name):
    r, s, t, p = SYMMETRIC[name]
    a = np.array([[r, s], [t, p]])
    assert al.StageGame(a, a.T).ordinal_type().name == name
    assert al.StageGame(a[::-1, ::-1], a.T[::-1, ::-1]).ordinal_type().name == name


def all_strict_games():
    orders = np.array(list(itertools.permutations(range(4)))).reshape(-1, 2, 2)
    return al.StageGame(orders[:, None].astype(float), orders[None, :].astype(float))


def test_there_are_144_games_and_78_up_to_the_players():
    types = all_strict_games().ordinal_type()
    codes, counts = np.unique(types.code, return_counts=True)
    assert len(codes) == 144  # Robinson & Goforth 2005
    assert set(counts) == {4}  # each in four labellings
    pairs = {frozenset((a, b)) for a, b in zip(types.sponsor.ravel(), types.proxy.ravel(), strict=True)}
    assert len(pairs) == 78  # Rapoport & Guyer 1966
    assert {*types.sponsor.ravel()} == set(PATTERNS.values())


def test_types_ignore_labels_and_follow_the_players():
    games = all_strict_games()
    code = games.ordinal_type().code
    for rows, columns in itertools.product((slice(None), slice(None, None, -1)), repeat=2):
        turned = al.StageGame(games.A[..., rows, columns], games.B[..., rows, columns])
        assert np.array_equal(turned.ordinal_type().code, code)
    exchanged = al.StageGame(np.swapaxes(games.B, -1, -2), np.swapaxes(games.A, -1, -2)).ordinal_type()
    assert np.array_equal(exchanged.sponsor, games.ordinal_type().proxy)
    assert np.array_equal(exchanged.proxy, games.ordinal_type().sponsor)


def test_number_of_equilibria_by_type():
    # Robinson & Goforth 2005: among the 144 games 18 have two pure equilibria and 18 none
    games = all_strict_games()
    _, first = np.unique(games.ordinal_type().code, return_index=True)
    counts = games.pure_nash().count.ravel()[first]
    assert [int((counts == k).sum()) for k in (0, 1, 2)] == [18, 108, 18]


def test_mixed_names_and_ties():
    pd, chicken = (np.array(x).reshape(2, 2) for x in ((3, 1, 4, 2), (3, 2, 4, 1)))
    assert al.StageGame(pd, chicken.T).ordinal_type().name == "Prisoners' Dilemma–Chicken"
    tied = al.StageGame([[1, 1], [2, 0]], pd.T).ordinal_type()
    assert (tied.sponsor, tied.proxy) == ("tied", "Prisoners' Dilemma")


def test_types_ignore_scale_and_shift():
    games = all_strict_games()
    for scale, shift in ((1e12, 0), (1e-12, 0), (1, 1e9)):
        moved = al.StageGame(games.A * scale + shift, games.B * scale - shift)
        assert np.array_equal(moved.ordinal_type().code, games.ordinal_type().code)


def test_only_two_by_two_games_have_a_type():
    with pytest.raises(ValueError, match="must be 2×2; got 1×2"):
        al.StageGame([[1, 2]], [[1, 2]]).ordinal_type()


@given(stage_games(most=2))
def test_float_and_exact_types_agree(game):
    if game.shape == (2, 2):
        assert game.ordinal_type().code == as_float(game).ordinal_type().code


@given(stage_games(most=2), st.booleans(), st.booleans())
def test_types_with_ties_ignore_labels(game, rows, columns):
    if game.shape == (2, 2):
        turned = al.StageGame(
            *(x[:: -1 if rows else 1, :: -1 if columns else 1] for x in (game.A, game.B)),
        )
        assert turned.ordinal_type().code == game.ordinal_type().code


def test_a_tied_best_payoff_leaves_the_other_without_orientation():
    tied = al.StageGame([[0, 1], [2, 2]], [[1, 3], [0, 2]]).ordinal_type()
    assert (tied.sponsor, tied.proxy, tied.name) == ("tied", "tied", "tied")
