"""The examples whose pictures the pages show: they run as all examples do, and say what the library says.

Building the pages runs them, too. Where the environment variable ``ALLIANCES_PAGES`` names the folder of the built pages
(``nox -s docs`` sets it), what is tested is that run.
"""

import json
import os
import re
import subprocess
from pathlib import Path

import numpy as np
import pytest

import alliances as al
from tests.support import benchmark_game
from tests.test_examples import checked, run

PICTURES = Path(__file__).parents[1] / "docs" / "_static" / "generated"


def report(name, folder, *quick):
    """A run of an example without options, or with those that make it quick; where its pictures are."""
    if pages := os.environ.get("ALLIANCES_PAGES"):
        kept = json.loads((Path(pages).resolve().parent / "examples" / f"{name}.json").read_text(encoding="utf-8"))
        done, folder = checked(subprocess.CompletedProcess(**kept), f"{name}.py"), PICTURES
    else:
        done = run(f"{name}.py", *quick, folder=folder)
    assert done.returncode == 0, done.stderr
    return done, folder


@pytest.mark.slow
def test_regimes(tmp_path):
    done, folder = report("regimes", tmp_path)
    assert done.stdout.count("as Chindea says") == 6
    assert "109 against 48 municipalities, gap +0.389; war from 2008" in done.stdout
    assert done.stdout.count("conflict (an alliance would be broken by: sponsor)") == 8  # two gaps, four concepts
    for name in ("regimes", "regimes_concepts"):
        for kind in ("png", "pdf"):
            assert (folder / f"{name}.{kind}").stat().st_size > 10_000


@pytest.mark.slow
def test_rival_sponsors(tmp_path):
    done, folder = report("rival_sponsors", tmp_path)
    game = al.presets.morrow_1991(synergy=al.Complementarity(2.0))
    found = al.keeping_payment(game, al.Power(4.0, 1.0), 0.9, al.RivalOffer(game, 4.0))
    row = next(line for line in done.stdout.splitlines() if line.startswith("      4.0"))
    numbers = [float(x) for x in row.split()[:6]]
    offer = al.switching_offer(game, al.Power(4.0, 1.0), 0.9).offer
    assert numbers == pytest.approx([4.0, 0.8, found.offer, offer, found.payment, found.limit], abs=5e-4)
    assert row.endswith("stays if paid")
    for kind in ("png", "pdf"):
        assert (folder / f"rival_sponsors.{kind}").stat().st_size > 10_000


@pytest.mark.slow
def test_moving_power(tmp_path):
    done, folder = report("moving_power", tmp_path)
    rows = [line.split() for line in done.stdout.splitlines()]
    assert ["1", "0.8", "-0.4", "P", "-0.4", "P", "-0.3", "P", "-0.2", "P", "0.8", "S", "0.8", "S"] in rows
    assert ["2", "0.8", "1.1", "S", "1.1", "S", "1.1", "S", "1.1", "S", "1.2", "S", "1.2", "S"] in rows
    assert "m = 1, δ = 0.95, learning 0.05: [-2.4, 0.5], [0.7, 3] x0.6" in done.stdout
    assert "News of the shift at λ = 0.7 breaks the alliance at once: the sponsor strikes first." in done.stdout
    for name in ("moving_power", "moving_power_windows"):
        for kind in ("png", "pdf"):
            assert (folder / f"{name}.{kind}").stat().st_size > 5_000


@pytest.mark.slow
def test_claims(tmp_path):
    done, folder = report("claims", tmp_path, "--points", "128")
    text = " ".join(done.stdout.split())
    assert "asymmetry: fails through the sponsor. At gap 0 the critical discount factor is 4/7" in text
    assert "asymmetry: falsified at value = " in text
    assert re.search(r"(128|4096) parameter points", text)
    assert text.count("asymmetry: proved") == 4
    assert text.count("asymmetry: refuted") == 5
    for decisiveness in (1, 2, 3):
        assert f"decisiveness {decisiveness}, conflict for ever, side payments: asymmetry: proved" in text
    assert {path.name for path in folder.glob("claim*")} == {"claim_check.png", "claim_share.png", "claim_sensitivity.png"}


@pytest.mark.slow
def test_zetas_gulf(tmp_path):
    done, folder = report("zetas_gulf", tmp_path)
    for kind in ("png", "pdf"):
        assert (folder / f"zetas_gulf.{kind}").stat().st_size > 10_000
    assert "Solving for thresholds, 5 steps\n" in done.stderr
    text = " ".join(done.stdout.split())
    # the numbers, recomputed here from the library
    case = al.cases.load("gulf-zetas")
    game = benchmark_game(conflict_cost=0.15, exposure=0.8, synergy=al.Complementarity(0.6))
    threshold = al.defection_threshold(game, 0.8, start=0.0)
    broken = "The alliance breaks when the proxy has overtaken its sponsor, at a gap of "
    assert f"{broken}{threshold.gap:.6f}; defector: proxy" in text
    assert "2009 -0.207 0.396 inf proxy defects" in text
    refuted = al.identified_discount(game, case.power_series().power)
    assert refuted.common.empty
    assert "at k = 0.15: empty: to break in 2010 needs δ < 1.0000; to hold, in 2003 δ ≥ inf, in 2009 δ ≥ inf" in text
    years = np.arange(2003, 2010 + 1 / 8, 1 / 4)
    series = case.power_series()
    power = al.Power.from_log_ratio(np.interp(years, series.years, series.power.log_ratio))
    forecast = al.break_forecast(power, game, enforcement=al.GivenPunishment())
    assert f"intact after 2010 I with chance {forecast.survival[-1]:.3f}; broken by Los Zetas" in text
    assert "Median date 2010 I; one in ten by 2008 IV" in text
    row = next(line for line in done.stdout.splitlines() if line.startswith("  2009   0.8")).split()
    still = 1 - (1 - forecast.hazard[24]) ** 5
    assert row == ["2009", "0.887", f"{1 - forecast.survival[-1] / forecast.survival[24]:.3f}", "2009", "II", "2010", "I",
                   f"{still:.3f}"]  # fmt: skip
    # leaders who expect power to move: one blow in the sixteen quarters between arrest and extradition
    arrests = al.PowerProcess(step=0.1, arrest=(1 / 16, 3))
    walk = al.ConflictWalk.from_log_ratio(step=0.5, barrier=3.0, win=al.Tullock(2.0))
    moving = al.break_threshold(al.ShiftingDyad(game, arrests, war=walk), 0.8)
    assert " ".join(str(moving).split()) in text
    assert (
        "at -0.3: violated by proxy one step further, at 0: violated by sponsor one step further, at 1.1: violated by sponsor"
        in text
    )
    aware = {"enforcement": al.GivenPunishment(), "expectations": True}
    for name, expected, median in (("power is expected to stay", None, "later"), ("blows are expected", arrests, "2009 III")):
        ahead = al.break_forecast(power, game, expected=expected, **aware)
        assert f"{name}: intact after 2010 I with chance {ahead.survival[-1]:.3f}, median {median}" in text
    static = al.critical_discount(game, series.power).dyad <= 0.8
    rows = [line.split() for line in done.stdout.splitlines()]
    for year, now, held in zip(series.years, series.power, static, strict=True):
        level = arrests.nearest(now)
        kept = [held, *(any(level in w for w in windows) for windows in (moving.static_windows, moving.windows))]
        assert [str(year), f"{level:+.1f}", *("yes" if k else "no" for k in kept)] in rows
    lost = sum(not any(arrests.nearest(now) in w for w in moving.windows) for now in series.power[:-1])
    assert f"Not explained: {lost} of the 7 measured years before 2010, in which the alliance lived" in text
    for word in ("(fight, fight)", "(fight, ally)", "What the data can and cannot say", "two years before the break"):
        assert word in text
