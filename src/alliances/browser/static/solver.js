"use strict";
/* What the page computes itself: stage equilibria, and windows and regimes along the gap. It follows the library step by step
   (games/bimatrix.py, repeated/critical.py, thresholds/windows.py, line.py and regimes.py), and tests compare the two.

   `formulas`, written by the library, holds the models' payoffs (model.cells), the concepts' critical discount factors
   (concept.critical), the rules of tolerance, and the constants. A setting is
   {model, concept, numbers, conceptNumbers, discount: [δ_S, δ_P]}. */

const solver = (formulas) => {
  const { DISCOUNT_ROUNDING, SAME_DISCOUNT, GAP_EDGE, GAP_POINT, NARROWEST, CLIP, SAMPLES, DOMAIN, WORDS, END } =
    formulas.constants;
  const BINDING = [null, "sponsor", "proxy", "both"];
  const PLAYERS = [0, 1]; // the sponsor chooses rows, the proxy columns
  const each = (f) => [f(0), f(1)]; // for both players: no array but the answer, as one setting asks thousands of times

  /* Payoffs payoff[player][i * n + j] and what counts as no difference of them; or the rule that the setting breaks. */
  function stageGame(setting, gap) {
    const n = setting.model.actions.length;
    const [rule, ...cells] = setting.model.cells(gap, ...setting.numbers);
    const refusal = setting.model.rules[rule] || (cells.every(Number.isFinite) ? "" : "the payoffs must be finite");
    const payoff = [new Array(n * n), new Array(n * n)];
    for (let k = 0; k < n * n; k++) [payoff[0][k], payoff[1][k]] = [cells[2 * k], cells[2 * k + 1]];
    const high = each((i) => Math.max(...payoff[i]));
    const low = each((i) => Math.min(...payoff[i]));
    const largest = each((i) => Math.max(Math.abs(high[i]), Math.abs(low[i])));
    const tolerance = each((i) => formulas.tolerance(high[i] - low[i], largest[i])[1]);
    return { n, payoff, largest, tolerance, refusal };
  }

  /* The most that a player can get by changing its own action at profile k. It is asked thousands of times for one answer. */
  function best({ n, payoff }, player, k) {
    const [first, step] = player === 0 ? [k % n, n] : [k - (k % n), 1];
    let most = -Infinity;
    for (let action = 0; action < n; action++) most = Math.max(most, payoff[player][first + action * step]);
    return most;
  }

  const isBestReply = (stage, player, k) => best(stage, player, k) - stage.payoff[player][k] <= stage.tolerance[player];

  const isEquilibrium = (stage, k) => isBestReply(stage, 0, k) && isBestReply(stage, 1, k);

  /* Which profile punishes each player: −1 where nothing does. */
  function punishment(stage, concept) {
    const last = stage.n * stage.n - 1;
    if (concept.given) return each(() => (concept.credible && !isEquilibrium(stage, last) ? -1 : last));
    const worst = [-1, -1];
    for (let k = 0; k <= last; k++) {
      if (!isEquilibrium(stage, k)) continue;
      for (const i of PLAYERS) if (worst[i] < 0 || stage.payoff[i][k] < stage.payoff[i][worst[i]]) worst[i] = k;
    }
    return worst;
  }

  /* The critical discount factors of both players at a gap, for the profile in which both take the same action. */
  function critical(setting, gap, action = 0) {
    const { concept } = setting;
    const stage = stageGame(setting, gap);
    const k = action * (stage.n + 1);
    const punished = punishment(stage, concept);
    const path = each((i) => stage.payoff[i][k]);
    const deviation = each((i) => best(stage, i, k));
    const threat = each((i) => (punished[i] < 0 ? path[i] : stage.payoff[i][punished[i]]));
    const [rule, sponsor, proxy] = concept.critical(path[0], path[1], deviation[0], deviation[1], threat[0], threat[1],
      stage.tolerance[0], stage.tolerance[1], ...setting.conceptNumbers);
    const discounts = [sponsor, proxy];
    const refusal = stage.refusal || concept.rules[rule];
    return { stage, punished, path, deviation, threat, discounts, refusal, binding: binding(discounts),
             rounding: rounding(stage, concept, deviation, threat, discounts) };
  }

  function binding([sponsor, proxy]) {
    if (sponsor === proxy || Math.abs(sponsor - proxy) <= SAME_DISCOUNT) return sponsor > 0 ? "both" : "none";
    return sponsor > proxy ? "sponsor" : "proxy";
  }

  /* How far rounding of the payoffs may carry a critical discount factor, per player. */
  function rounding(stage, concept, deviation, threat, discounts) {
    let sizes = each((i) => formulas.rounding(stage.largest[i])[1]);
    let spans = each((i) => deviation[i] - threat[i]);
    if (concept.pooled) {
      sizes = each(() => sizes[0] + sizes[1]);
      spans = each(() => spans[0] + spans[1]);
    }
    return each((i) => {
      const bound = sizes[i] / Math.max(Math.abs(spans[i]), sizes[i] * 1e3);
      return Math.max(DISCOUNT_ROUNDING, discounts[i] > 0 && discounts[i] < Infinity ? bound : 0);
    });
  }

  const keeps = (setting, r) => each((i) => r.discounts[i] <= setting.discount[i] + r.rounding[i]);

  /* Who turns at this gap: "sponsor", "proxy", "both", or null where the alliance holds. */
  function defector(setting, r) {
    const [sponsor, proxy] = keeps(setting, r);
    return BINDING[(sponsor ? 0 : 1) + (proxy ? 0 : 2)];
  }

  /* The best peaceful arrangement that is kept, by joint payoff, as the index of its action; the last action if none is. */
  function regime(setting, gap) {
    const last = setting.model.actions.length - 1;
    const worth = [];
    let slack = 0;
    for (let action = 0; action < last; action++) {
      const r = critical(setting, gap, action);
      slack = r.stage.tolerance[0] + r.stage.tolerance[1];
      worth.push(keeps(setting, r).every(Boolean) ? r.path[0] + r.path[1] : -Infinity);
    }
    const most = Math.max(...worth);
    return most === -Infinity ? last : worth.findIndex((x) => x >= most - slack);
  }

  /* Each player's patience to spare, the rounding, and a number for the punishing equilibria. */
  function margins(setting, gap) {
    const r = critical(setting, gap);
    const spare = each((i) => setting.discount[i] - Math.min(r.discounts[i], CLIP));
    const least = Math.min(spare[0], spare[1]);
    const most = Math.max(r.rounding[0], r.rounding[1]);
    return { gap, spare, least, rounding: most, label: `${r.punished[0]},${r.punished[1]}`, r };
  }

  const grid = (samples, [low, high] = DOMAIN) =>
    Array.from({ length: samples }, (_, k) => (k === samples - 1 ? high : low + k * ((high - low) / (samples - 1))));

  /* The margins at the samples that every setting has: computed once, for the refusal and for the windows. */
  const known = new WeakMap();
  function alongTheGap(setting) {
    if (!known.has(setting)) known.set(setting, grid(SAMPLES).map((gap) => margins(setting, gap)));
    return known.get(setting);
  }

  /* The rule that the setting breaks somewhere along the gap; "" where it is a model at every gap. */
  const refusal = (setting) => alongTheGap(setting).find((x) => x.r.refusal)?.r.refusal ?? "";

  /* Margins along the gap, denser where they bend or jump, and at extrema where they might cross zero unseen. */
  function sample(setting) {
    const at = (gap) => margins(setting, gap);
    const narrowest = NARROWEST * (DOMAIN[1] - DOMAIN[0]);
    const between = (left, right) => {
      const middle = at((left.gap + right.gap) / 2);
      const [sponsor, proxy] = each((i) => Math.abs(middle.spare[i] - (left.spare[i] + right.spare[i]) / 2));
      const least = each((i) => Math.min(Math.abs(left.spare[i]), Math.abs(middle.spare[i]), Math.abs(right.spare[i])));
      const nearest = Math.min(least[0], least[1]);
      const bent = Math.max(sponsor, proxy) > Math.max(nearest / 4, 4 * middle.rounding) || left.label !== right.label;
      if (!bent || right.gap - left.gap <= narrowest) return [middle];
      return [...between(left, middle), middle, ...between(middle, right)];
    };
    const first = alongTheGap(setting);
    const samples = first.flatMap((x, k) => (k === 0 ? [x] : [...between(first[k - 1], x), x]));
    const extrema = [];
    for (let k = 1; k < samples.length - 1; k++) {
      const [a, b, c] = [samples[k - 1].least, samples[k].least, samples[k + 1].least];
      const dip = a >= b && c >= b && (a > b || c > b) && Math.min(a, b, c) >= 0;
      const peak = a <= b && c <= b && (a < b || c < b) && Math.max(a, b, c) < 0;
      if (dip || peak) extrema.push(at(minimum((g) => (dip ? 1 : -1) * at(g).least, samples[k - 1].gap, samples[k + 1].gap)));
    }
    return [...samples, ...extrema].sort((x, y) => x.gap - y.gap);
  }

  /* Where a function that falls and then rises is least: golden section. */
  function minimum(f, low, high) {
    const golden = (Math.sqrt(5) - 1) / 2;
    let [x, y] = [high - golden * (high - low), low + golden * (high - low)];
    let [fx, fy] = [f(x), f(y)];
    while (high - low > 1e-11) {
      if (fx <= fy) [high, y, fy, x] = [y, x, fx, y - golden * (y - low)], fx = f(x);
      else [low, x, fx, y] = [x, y, fy, x + golden * (high - x)], fy = f(y);
    }
    return (low + high) / 2;
  }

  /* Every change of a label between two gaps, halved until the gaps are neighbours. */
  function changes(label, left, right, atLeft, atRight) {
    if (atLeft === atRight) return [];
    if (right - left <= GAP_EDGE) return [{ left, right, atLeft, atRight }];
    const middle = (left + right) / 2;
    const atMiddle = label(middle);
    return [...changes(label, left, middle, atLeft, atMiddle), ...changes(label, middle, right, atMiddle, atRight)];
  }

  const edges = (label, gaps, labels) =>
    gaps.slice(1).flatMap((gap, k) => changes(label, gaps[k], gap, labels[k], labels[k + 1]));

  /* Whether the alliance holds at each sample; samples within twice the rounding of the edge give one answer together. */
  function settled(samples) {
    const holds = samples.map((x) => x.least >= -x.rounding);
    const doubtful = samples.map((x) => Math.abs(x.least) <= 2 * x.rounding);
    for (let start = 0, stop; start < samples.length; start = stop) {
      stop = start + 1;
      while (stop < samples.length && doubtful[stop] === doubtful[start]) stop++;
      if (doubtful[start]) holds.fill(holds.slice(start, stop).some(Boolean), start, stop);
    }
    return holds;
  }

  /* All stability windows [{lower, upper, below, above}], with who defects just outside (null at the end of the domain). */
  function windows(setting, samples = sample(setting)) {
    const stable = settled(samples);
    const holds = (gap) => {
      const x = margins(setting, gap);
      return x.least >= -x.rounding;
    };
    const open = []; // [gap, defector]: the lower edges, then the upper ones
    const close = [];
    if (stable[0]) open.push([DOMAIN[0], null]);
    for (const { left, right, atLeft } of edges(holds, samples.map((x) => x.gap), stable)) {
      const [sponsor, proxy] = margins(setting, atLeft ? right : left).spare.map((x) => x < 0);
      const who = BINDING[(sponsor ? 1 : 0) + (proxy ? 2 : 0)];
      if (atLeft) close.push([left, who]);
      else open.push([right, who]);
    }
    if (stable[stable.length - 1]) close.push([DOMAIN[1], null]);
    const found = open.map(([lower, below], k) => ({ lower, below, upper: close[k][0], above: close[k][1] }));
    const { stage } = samples[0].r;
    const blur = each((i) => stage.tolerance[i] / (Math.max(...stage.payoff[i]) - Math.min(...stage.payoff[i])));
    return withoutPoints(found, Math.max(GAP_POINT, ...blur.filter(Number.isFinite).map((x) => 10 * x)));
  }

  function withoutPoints(found, point) {
    const joined = [];
    for (const window of found) {
      const before = joined[joined.length - 1];
      if (before && window.lower - before.upper < point) {
        joined[joined.length - 1] = { ...window, lower: before.lower, below: before.below };
      } else joined.push(window);
    }
    return joined.filter((x) => x.upper - x.lower >= point);
  }

  /* The stretches of equal regime along the gap: [{lower, upper, regime}]. */
  function regimes(setting, samples) {
    const label = (gap) => regime(setting, gap);
    const gaps = grid(samples);
    const labels = gaps.map(label);
    const cuts = edges(label, gaps, labels);
    const stretches = [{ lower: DOMAIN[0], regime: labels[0] }];
    for (const { left, right, atRight } of cuts) {
      stretches[stretches.length - 1].upper = left;
      stretches.push({ lower: right, regime: atRight });
    }
    stretches[stretches.length - 1].upper = DOMAIN[1];
    const wide = [];
    for (const stretch of stretches.filter((x) => x.upper - x.lower > GAP_POINT)) {
      const before = wide[wide.length - 1];
      if (before && before.regime === stretch.regime) {
        before.upper = stretch.upper;
        continue;
      }
      if (before) before.upper = stretch.lower = (before.upper + stretch.lower) / 2;
      wide.push({ ...stretch });
    }
    return wide;
  }

  /* What the library's Window says: who defects below, and who above. */
  const words = (who) => (who === null ? END : WORDS[who]);

  return { stageGame, isBestReply, isEquilibrium, critical, defector, refusal, regime, sample, windows, regimes, words };
};
