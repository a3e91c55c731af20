"""The explorer's answers in JavaScript and in Python, to be compared: by Node.js, and by a headless Chromium."""

import json
import re
import shutil
import subprocess
from fractions import Fraction

import numpy as np
import pytest

import alliances as al
from alliances.arithmetic import choose
from alliances.browser.formulas import concepts
from alliances.browser.parameters import parameters, with_numbers
from alliances.repeated.critical import sustained

NODE = shutil.which("node") or shutil.which("nodejs")
needs_node = pytest.mark.skipif(NODE is None, reason="needs Node.js, which runs the page's JavaScript")

DOMAIN = (-0.95, 0.95)


class Ransom(al.DyadicGame):
    """A model of a user's own."""

    actions = ("ally", "fight")

    def cells(self, power):
        s, p = power.sponsor, power.proxy
        prize = choose(s > p, s - p, 2 * (p - s))
        return [[(s + prize, p + prize), (s / 2, p + s / 2)], [(s + p / 2, p / 2), (s - 0.1, p - 0.1)]]


GAMES = {
    "chindea": al.presets.chindea_2014(),
    "morrow": al.presets.morrow_1991(),
    "aggregation": al.presets.capability_aggregation(),
    "hirshleifer": al.presets.chindea_2014(
        contest=al.Hirshleifer(3.0), synergy=al.ConstantSynergy(0.3), conflict_cost=(0.1, 0.2)
    ),
    "all-pay": al.presets.morrow_1991(contest=al.AllPay(), sharing=al.Equal(), synergy=al.Complementarity(0.5, Fraction(3, 2))),
    "threat": al.presets.capability_aggregation(synergy=al.CommonThreat(1.5, rival=0.8), sharing=al.Wage(0.2)),
    "ransom": Ransom(),
}
"""One model for every ingredient of the library, and one that is none of its own."""


def scripts(html):
    """The page's scripts by id."""
    return dict(re.findall(r'<script id="([\w-]+)">(.*?)</script>', html, re.DOTALL))


ANSWER = """
(s) => {
  const model = formulas.models[s.model];
  const concept = model.concepts.find((c) => c.id === s.concept);
  const setting = { model, concept, discount: s.discount,
                    numbers: model.parameters.map((p) => s.numbers[p.name]),
                    conceptNumbers: concept.parameters.map((p) => s.conceptNumbers[p.name]) };
  const r = solve.critical(setting, s.gap);
  const refusal = r.refusal || solve.refusal(setting);
  if (refusal) return { refusal };
  return {
    payoffs: r.stage.payoff, discounts: r.discounts, binding: r.binding, who: solve.defector(setting, r),
    punished: r.punished, equilibria: r.stage.payoff[0].map((_, k) => solve.isEquilibrium(r.stage, k)),
    regime: model.regimes[solve.regime(setting, s.gap)],
    windows: solve.windows(setting).map((w) => [w.lower, w.upper, solve.words(w.below), solve.words(w.above)]),
    regimes: s.line ? solve.regimes(setting, 201).map((x) => [x.lower, x.upper, model.regimes[x.regime]]) : [],
  };
}
"""
"""A setting's answer, by the page's solver, as data."""

AS_TEXT = """(name, x) => (typeof x === "number" && !Number.isFinite(x) ? String(x) : x)"""  # JSON has no infinity


def answers_of_node(html, settings, folder):
    """What the page's JavaScript answers, in Node.js."""
    parts = scripts(html)
    asked, programme = folder / "settings.json", folder / "programme.js"
    asked.write_text(json.dumps(settings), encoding="utf-8")
    ask = f"const answer = {ANSWER};\nconst text = {AS_TEXT};\n"
    read = "const asked = JSON.parse(require('fs').readFileSync(process.argv[2], 'utf8'));\n"
    show = "process.stdout.write(JSON.stringify(asked.map(answer), text));\n"
    code = [parts["formulas"], parts["solver"], "const solve = solver(formulas);\n", ask, read, show]
    programme.write_text("\n".join(code), encoding="utf-8")
    done = subprocess.run([NODE, str(programme), str(asked)], capture_output=True, text=True, check=False, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def random_settings(count, games=GAMES, seed=11):
    """Settings drawn from the whole ranges of the page's sliders, models and concepts in turn."""
    rng = np.random.default_rng(seed)
    names = list(games)
    settings = []
    for k in range(count):
        model = names[k % len(names)]
        offered = concepts(games[model])
        concept = offered[k // len(names) % len(offered)]
        discount = rng.uniform(0.2, 0.999, 2)
        if concept.enforcement.pooled:
            discount[1] = discount[0]
        sliders = [] if concept.id == "once" else parameters(concept.enforcement)
        settings.append({
            "model": model,
            "concept": concept.id,
            "gap": float(rng.uniform(*DOMAIN)),
            "discount": discount.tolist(),
            "numbers": {x.name: float(rng.uniform(x.low, x.high)) for x in parameters(games[model])},
            "conceptNumbers": {x.name: float(rng.uniform(x.low, x.high)) for x in sliders},
            "line": k % 5 == 0,
        })  # fmt: skip
    return settings


def _built(setting, games):
    game = games[setting["model"]]
    offered = next(x for x in concepts(game) if x.id == setting["concept"])
    return with_numbers(game, setting["numbers"]), with_numbers(offered.enforcement, setting["conceptNumbers"])


def answer_of_python(setting, games=GAMES):
    """What the library answers, in the shape of :data:`ANSWER`."""
    try:
        game, concept = _built(setting, games)
        power, discount = al.Power.from_gap(setting["gap"]), tuple(setting["discount"])
        r = al.critical_discount(game, power, enforcement=concept)
        windows = al.stability_windows(game, discount, enforcement=concept)
    except ValueError as error:
        return {"refusal": str(error)}
    n = len(game.actions)
    held = [bool(x) for x in sustained(r, discount)]
    regions = al.regime_regions(game, discount, DOMAIN, enforcement=concept, samples=201) if setting["line"] else []
    return {
        "payoffs": [r.stage.A.ravel().tolist(), r.stage.B.ravel().tolist()],
        "discounts": [r.sponsor, r.proxy],
        "binding": r.binding,
        "who": {(True, True): None, (False, True): "sponsor", (True, False): "proxy", (False, False): "both"}[tuple(held)],
        "punished": [int(k[0]) * n + int(k[1]) if k[0] >= 0 else -1 for k in r.punishment.profiles],
        "equilibria": r.stage.pure_nash().mask.ravel().tolist(),
        "regime": al.regimes(game, power, discount, enforcement=concept).name,
        "windows": [(w.lower, w.upper, *re.fullmatch(r".*\(below: (.*); above: (.*)\)", w.message).groups()) for w in windows],
        "regimes": [(x.lower, x.upper, x.label) for x in regions],
    }


def check(answer, expected, setting):
    """An assertion unless the page says what the library says."""
    if "refusal" in expected or "refusal" in answer:
        assert answer.get("refusal"), setting
        assert answer["refusal"] in expected.get("refusal", ""), setting
        return
    for ours, theirs in zip(answer["payoffs"], expected["payoffs"], strict=True):
        assert np.abs(np.subtract(ours, theirs)).max() <= 1e-9 * np.ptp(theirs), setting
    ours, theirs = ([float(x) for x in each["discounts"]] for each in (answer, expected))
    assert np.isinf(ours).tolist() == np.isinf(theirs).tolist(), setting
    assert np.allclose(ours, theirs, rtol=0, atol=1e-9), setting
    for name in ("binding", "who", "punished", "equilibria", "regime"):
        assert answer[name] == expected[name], (name, setting)
    for name in ("windows", "regimes"):
        assert [x[2:] for x in answer[name]] == [list(x[2:]) for x in expected[name]], (name, setting)
        edges = [[x[:2] for x in each[name]] for each in (answer, expected)]
        assert np.allclose(*edges, rtol=0, atol=1e-9), (name, setting)
