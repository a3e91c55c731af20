"""Every registered concept of enforcement: its members agree with each other, by other ways than they were computed."""

from dataclasses import dataclass, fields, replace
from fractions import Fraction as F

import numpy as np
import pytest

import alliances as al
from alliances import Enforcement, Reversion, claims
from alliances.arithmetic.quotients import OutOfReach
from alliances.claims import alliance_family
from alliances.repeated.enforcement import CONCEPTS, typical
from alliances.repeated.enforcement.concept import least_discount

GIVEN = al.GivenPunishment(profile=(1, 1)), al.GivenPunishment(al.Transfers(), (1, 0))
TYPICAL = [*typical(), *GIVEN, al.OutsideOption(F(3, 2))]
PURE = [concept for concept in TYPICAL if not isinstance(concept, al.OutsideOption)]
POINTS = [F(n, 17) for n in (1, 4, 9, 13, 16)]


def random_games(count, seed):
    rng = np.random.default_rng(seed)
    for _ in range(count):
        yield al.StageGame(rng.integers(-5, 6, (2, 2)), rng.integers(-5, 6, (2, 2)))


def test_all_concepts_are_registered():
    public = {value for value in map(al.__dict__.get, al.__all__) if isinstance(value, type) and issubclass(value, Enforcement)}
    assert public - {Enforcement, Reversion} == set(CONCEPTS)


@pytest.mark.parametrize("concept", CONCEPTS, ids=lambda concept: concept.__name__)
def test_examples_are_of_the_class_and_solve_any_game(concept):
    for example in concept.examples():
        assert type(example) is concept
        slow = example.kind == "equilibrium of the repeated game"  # exactly, some games take seconds
        for game in random_games(10, 1):
            game = game.to_float() if slow else game
            assert al.verify(al.critical_discount(game, enforcement=example)), example


@pytest.mark.parametrize("concept", PURE, ids=repr)
def test_what_comparisons_find_is_what_arrays_find(concept):
    """threat() knows nothing of NumPy; punish() compares nothing by hand."""
    for game in random_games(60, 2):
        punishment = concept.punish(game.to_float() if concept.kind == "equilibrium of the repeated game" else game)
        cells = tuple(tuple((game.A[i, j], game.B[i, j]) for j in range(2)) for i in range(2))
        threat = concept.threat(cells, game.actions)
        if concept.kind == "equilibrium of the repeated game":
            if threat.worst and threat.profiles is not None:
                payoffs = [float(x) for x in punishment.payoffs]
                assert payoffs == pytest.approx([float((game.A, game.B)[k][p]) for k, p in enumerate(threat.profiles)])
            continue
        assert (threat.profiles is not None) == bool(punishment.exists)
        if threat.profiles is not None:
            assert tuple((game.A, game.B)[k][p] for k, p in enumerate(threat.profiles)) == punishment.payoffs


@pytest.mark.parametrize("concept", [c for c in PURE if isinstance(c, Reversion)], ids=repr)
def test_what_deters_is_what_the_closed_form_says(concept):
    for temptation in (F(1, 9), F(1), F(7, 2), F(30)):
        for loss in (F(1, 20), F(1), F(5)):
            numbers = (temptation, loss) if concept.exact else (float(temptation), float(loss))
            least = concept.least(*numbers, 0)
            assert bool(concept.deters(temptation, loss)) == (least < np.inf), (temptation, loss)


@pytest.mark.parametrize("concept", [c for c in PURE if isinstance(c, Reversion) and not c.forgives], ids=repr)
def test_a_lasting_loss_deters_exactly_where_deviating_gains_nothing(concept):
    for delta in POINTS:
        now, later = concept.lasting(delta)
        for c, d, w in ((F(3), F(4), F(1)), (F(3), F(9), F(1)), (F(3), F(7, 2), F(14, 5))):
            gain = concept.value_of_deviating(delta, c, d, w)
            assert np.sign(float(gain)) == np.sign(float(now * (d - c) - later * (c - w))), (delta, c, d, w)


def test_at_power_is_the_concept_itself_unless_it_depends_on_power():
    power = al.Power(2, 1)
    for concept in TYPICAL:
        assert concept.at_power(power) is concept
    depends = al.OutsideOption(lambda power: power.proxy)
    assert depends.at_power(power).offer == 1


def test_conflict_is_the_last_action_or_the_given_profile():
    labels = ("ally", "coexist", "fight"), ("ally", "coexist", "fight")
    assert al.NashReversion().conflict(labels) == (2, 2)
    assert al.GivenPunishment(profile=("fight", "coexist")).conflict(labels) == (2, 1)
    with pytest.raises(ValueError, match="the model must have the actions of the profile"):
        al.GivenPunishment(profile=("fight", "surrender")).conflict(labels)


def test_what_proofs_cannot_tell_is_refused():
    cells = (((F(1), F(1)), (F(0), F(2))), ((F(2), F(0)), (F(0), F(0))))
    for concept, words in ((al.OutsideOption(1), "not OutsideOption"), (al.NashReversion(mixed=True), "pure punishments")):
        with pytest.raises(OutOfReach, match=words):
            concept.threat(cells, (("a", "b"), ("a", "b")))


def test_what_is_no_concept_is_refused():
    class Lookalike:
        exact = pooled = common = False

        def punish(self, stage): ...

        def critical(self, terms): ...

        def gain(self, terms, discount): ...

    for wrong in (Lookalike(), al.NashReversion, "grim"):
        with pytest.raises(TypeError, match="enforcement must be an instance such as NashReversion"):
            al.critical_discount(al.StageGame([[1]], [[1]]), enforcement=wrong)
    with pytest.raises(TypeError, match="abstract"):
        Enforcement()


@dataclass(frozen=True)
class Sanction(al.NashReversion):
    """A punishment that also costs 50 a period: δ* is no longer a function of the odds of betrayal."""

    def least(self, temptation, loss, tolerance):
        return least_discount(temptation, loss + 50, tolerance)

    def value_of_deviating(self, delta, c, d, w):
        return super().value_of_deviating(delta, c, d, w - 50)


@pytest.mark.slow
def test_a_concept_that_computes_in_another_way_is_not_taken_for_its_parent():
    """Proofs and outside options rely on the odds; what a subclass overrides, they do not know."""
    concept = Sanction()
    assert al.verify(al.critical_discount(al.StageGame([[9, 1], [10, 3]], [[9, 10], [1, 3]]), enforcement=concept))
    family = alliance_family(decisiveness=1, enforcement=concept)
    for enforcement in (concept, al.GivenPunishment(concept)):
        proof = claims.SPONSOR_RESTRAINT.prove(family.with_(enforcement=enforcement))
        assert proof.status == "unknown", enforcement
        assert "in closed form" in proof.message
        assert al.verify(proof).status == "nothing checked"
    with pytest.raises(TypeError, match="or another Reversion in_closed_form"):
        al.OutsideOption(1, concept)
    with pytest.raises(TypeError, match="or another Reversion in_closed_form"):
        al.switching_offer(al.StageGame([[9, 1], [10, 3]], [[9, 10], [1, 3]]), None, F(1, 2), enforcement=concept)
    counterexample = claims.SPONSOR_RESTRAINT.falsify(family)
    assert counterexample.found
    assert al.verify(counterexample)  # by critical discount factors with certificates: the odds would call it wrong
    assert not al.verify(replace(counterexample, check=replace(counterexample.check, status="holds", witness=None)))


def test_every_concept_of_the_library_answers_for_itself():
    closed = {type(concept) for concept in TYPICAL if concept.in_closed_form}
    assert closed == set(CONCEPTS) - {al.OutsideOption}
    for concept in typical():
        kind = type(concept)
        heir = type("Heir", (kind,), {})(*(getattr(concept, field.name) for field in fields(concept)))
        assert not heir.in_closed_form


def test_a_check_that_odds_cannot_tell_is_checked_by_certificates():
    model = al.presets.chindea_2014()
    check = claims.SPONSOR_RESTRAINT.check(model, enforcement=al.NashReversion(mixed=True))
    wrong = replace(check, status="holds", witness=None)
    assert check.status == "fails"
    assert al.verify(check).status == "passed"
    assert "is contradicted between" in al.verify(wrong).witness
