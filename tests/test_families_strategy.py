"""The strategies for families draw what their names say."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import alliances as al
from alliances.testing import families, parameters


@given(st.data())
@settings(max_examples=40)
def test_parameters_lie_in_their_domains_and_make_a_game(data):
    family = data.draw(families())
    values = data.draw(parameters(family))
    assert set(values) == set(family.parameters)
    assert all(value in family.parameters[name] for name, value in values.items())
    stage = family.at(**values).stage_game(al.Power(3, 2))
    assert stage.shape in ((2, 2), (3, 3))


@pytest.mark.slow
@given(st.data())
@settings(max_examples=8)
def test_what_is_proved_of_a_family_holds_for_its_members(data):
    family = data.draw(families(actions=2))
    claim = data.draw(st.sampled_from([al.claims.PROXY_RESTRAINT, al.claims.SPONSOR_RESTRAINT]))
    proof = claim.prove(family, timeout=2)
    if proof.status == "proved":
        assert claim.check(family.at(**data.draw(parameters(family))), enforcement=family.enforcement)
    elif proof.status == "refuted":
        assert not proof.counterexample.check
        assert al.verify(proof)
