"""The examples run without a warning, print what the library says, and save their pictures."""

import subprocess
import sys
from pathlib import Path

import pytest

import alliances as al

EXAMPLES = Path(__file__).parents[1] / "examples"


def run(name, *options, folder):
    command = [sys.executable, "-W", "error", str(EXAMPLES / name), "--output", str(folder), *options]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)


@pytest.mark.slow
def test_regimes(tmp_path):
    done = run("regimes.py", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("as Chindea says") == 6
    assert "109 against 48 municipalities, gap +0.389; war from 2008" in done.stdout
    assert done.stdout.count("conflict (an alliance would be broken by: sponsor)") == 8  # two gaps, four concepts
    for name in ("regimes", "regimes_concepts"):
        for kind in ("png", "pdf"):
            assert (tmp_path / f"{name}.{kind}").stat().st_size > 10_000


def test_rival_sponsors(tmp_path):
    done = run("rival_sponsors.py", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    game = al.presets.morrow_1991(synergy=al.Complementarity(2.0))
    found = al.keeping_payment(game, al.Power(4.0, 1.0), 0.9, al.RivalOffer(game, 4.0))
    row = next(line for line in done.stdout.splitlines() if line.startswith("      4.0"))
    numbers = [float(x) for x in row.split()[:6]]
    offer = al.switching_offer(game, al.Power(4.0, 1.0), 0.9).offer
    assert numbers == pytest.approx([4.0, 0.8, found.offer, offer, found.payment, found.limit], abs=5e-4)
    assert row.endswith("stays if paid")
    for kind in ("png", "pdf"):
        assert (tmp_path / f"rival_sponsors.{kind}").stat().st_size > 10_000


@pytest.mark.slow
def test_moving_power(tmp_path):
    done = run("moving_power.py", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    rows = [line.split() for line in done.stdout.splitlines()]
    assert ["1", "0.8", "-0.4", "P", "-0.4", "P", "-0.3", "P", "-0.2", "P", "0.8", "S", "0.8", "S"] in rows
    assert ["2", "0.8", "1.1", "S", "1.1", "S", "1.1", "S", "1.1", "S", "1.2", "S", "1.2", "S"] in rows
    assert "m = 1, δ = 0.95, learning 0.05: [-2.4, 0.5], [0.7, 3] x0.6" in done.stdout
    assert "News of the shift at λ = 0.7 breaks the alliance at once: the sponsor strikes first." in done.stdout
    for name in ("moving_power", "moving_power_windows"):
        for kind in ("png", "pdf"):
            assert (tmp_path / f"{name}.{kind}").stat().st_size > 5_000


def test_bad_options_are_named(tmp_path):
    for name in ("regimes.py", "rival_sponsors.py"):
        done = run(name, "--discount", "1.5", folder=tmp_path)
        assert done.returncode != 0
        assert "discount must lie in [0, 1); got 1.5" in done.stderr


@pytest.mark.slow
def test_a_stochastic_game_of_ones_own(tmp_path):
    done = run("stochastic_game.py", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    # by hand, with v_S = 0 and -2(1 - δ), v_P = 0 and 2 + δ: armed 4 >= (1 - δ)(6 - δ) + 2 + δ, so δ >= 3 - √5; unarmed, where
    # the armed proxy will seize, (1 - δ) + δ(3δ + 2)/2 >= 3(1 - δ) + δ(2 + δ)/2, so δ >= √3 - 1
    assert f"3            {3**0.5 - 1:.6f}            {3 - 5**0.5:.6f}" in done.stdout
    assert "4            0.724076               never" in done.stdout
    assert "contracts: passed; windows, unarmed: passed; windows, armed: passed" in done.stdout
    for name in ("transitions", "values", "windows"):
        assert (tmp_path / f"stochastic_game_{name}.png").stat().st_size > 10_000


def test_explorer(tmp_path):
    done = run("explorer.py", "--discount", "0.7", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "alliance-explorer.html").read_text(encoding="utf-8")
    assert "Los Zetas break all agreements" in page
    windows = al.stability_windows(al.presets.chindea_2014(), 0.7)
    assert all(f"  stable on {window}" in done.stdout for window in windows)
    assert windows
