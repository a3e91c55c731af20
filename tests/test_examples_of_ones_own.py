"""The examples that take data, models and claims of one's own."""

import pytest

import alliances as al
from tests.test_examples import run, run_here


@pytest.mark.slow
def test_own_claim_model(tmp_path, monkeypatch):
    monkeypatch.delenv("HYPOTHESIS_STORAGE_DIRECTORY", raising=False)  # as a user has it, whose folder stays as it was
    done = run("own_claim_model.py", "--examples", "40", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    report = " ".join(done.stdout.split())
    assert "CustomGame conforms" in report
    assert "prove proxy restraint: proved" in report
    assert "prove asymmetry: refuted" in report
    assert "with side payments: asymmetry: proved" in report
    assert "# Asymmetry: refuted" in done.stdout
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_own_claims(tmp_path):
    done = run("own_claims.py", "--examples", "25", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    report = " ".join(done.stdout.split())
    assert report.count("proved for all parameters") == 3
    assert report.count("refuted at") == 1
    assert report.count("Verification(ok=True") == 4


@pytest.mark.slow
def test_own_data_by_default_and_by_option(tmp_path, capsys):
    done = run("own_data.py", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "Nobody observed 2001." in done.stdout
    invented = al.cases.PowerSeries.from_csv(tmp_path / "invented_power.csv", sponsor="patron", proxy="client")
    predicted = invented.predict_break(al.presets.chindea_2014(), 0.8)
    assert " ".join(str(predicted).split()) in " ".join(done.stdout.split())
    for kind in ("png", "pdf"):
        assert (tmp_path / f"own_data.{kind}").stat().st_size > 5_000
    (tmp_path / "mine.csv").write_text("year;a;b\n1990;5;1\n1991;5;-9\n1992;4;3\n", encoding="utf-8")
    options = ("--csv", str(tmp_path / "mine.csv"), "--sponsor", "a", "--proxy", "b", "--delimiter", ";")
    taken = run_here(capsys, "own_data.py", *options, "--codes", "-9", "--missing", "drop", folder=tmp_path)
    assert "2 observations from 1990 to 1992, in power." in taken.stdout


def test_own_data_that_is_wrong_is_refused_with_its_line(tmp_path, capsys):
    (tmp_path / "mine.csv").write_text("year;a;b\n1990;5;1\n1991;5;-9\n1992;4;3\n", encoding="utf-8")
    options = ("--csv", str(tmp_path / "mine.csv"), "--sponsor", "a", "--proxy", "b", "--delimiter", ";")
    refused = run_here(capsys, "own_data.py", *options, folder=tmp_path)
    assert refused.returncode == 2
    assert "PowerSeries.from_csv(): mine.csv, line 3: b must be positive and finite; got -9" in refused.stderr


@pytest.mark.slow
def test_own_hazard_by_default_and_by_option(tmp_path, capsys):
    done = run("own_hazard.py", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    text = (tmp_path / "invented_dyads.csv").read_text(encoding="utf-8")
    years, dyads, breaks = text.count("\n") - 1, len({line.split(",")[0] for line in text.splitlines()[1:]}), text.count(",1\n")
    assert f"{years} years of {dyads} dyads, {breaks} breaks." in done.stdout
    assert (tmp_path / "own_hazard.png").stat().st_size > 5_000
    (tmp_path / "mine.csv").write_text(text.replace("patron,client", "a,b").replace(",100.0,", ",-9,", 3), encoding="utf-8")
    options = ("--csv", str(tmp_path / "mine.csv"), "--names", "a", "b", "--punishment", "side-payments")
    refused = run_here(capsys, "own_hazard.py", *options, folder=tmp_path)
    assert refused.returncode == 2
    assert "dyad_years(): power of both sides must be known; not for" in " ".join(refused.stderr.split())
    taken = run_here(capsys, "own_hazard.py", *options, "--missing", "drop", "--lag", "0", folder=tmp_path)
    assert "Left out: 3 years without power." in taken.stdout
