"use strict";
/* The page: sliders and the address give a setting, the solver its answers, and the functions below show them. */

const solve = solver(formulas);
const $ = (id) => document.getElementById(id);
const { escape } = chart;
const [LOW, HIGH] = formulas.constants.DOMAIN;
const MOST = Math.max(0.999, ...data.discount); // patience: below 1
const SIDES = ["sponsor", "proxy"];
const CAPITAL = (text) => text[0].toUpperCase() + text.slice(1);
const number = (x) => (x === Infinity ? "∞" : x.toFixed(3));
const gapText = (g) => (g > 0 ? "+" : g < 0 ? "−" : "") + Math.abs(g).toFixed(3);
const list = (items) => (items.length < 2 ? items.join("") : `${items.slice(0, -1).join(", ")} and ${items[items.length - 1]}`);
const modelIds = Object.keys(formulas.models);

const TERMS = {
  "tip-gap": "The gap γ is the sponsor’s power minus the proxy’s, divided by the power of both: 0 at parity, +1 where the proxy has nothing, below 0 where the proxy has overtaken its sponsor.",
  "tip-patience": "The discount factor δ: what a payoff of 1 in the next period is worth now. 0 is only today; near 1 the future counts almost as much as the present.",
  "tip-critical": "The critical discount factor δ*: the least patience at which this player keeps to the alliance. 0: no temptation. ∞: no patience suffices.",
  "tip-window": "A stability window is a stretch of gaps at which neither side gains by betraying the other, given the patience of both.",
  "tip-reply": "A best reply is the action that pays a player most, given what the other does.",
  "tip-equilibrium": "In a stage equilibrium (Nash) each action is a best reply to the other: nobody gains by changing alone. Play can fall back to it for ever.",
  "tip-regime": "The regime is the best peaceful arrangement that both keep, by the sum of their payoffs; where they keep none, it is conflict.",
};
const term = (text, tip) => `<button type="button" class="term" aria-describedby="${tip}">${text}</button>`;

/* -- state ------------------------------------------------------------------------------------------------------------ */

function fresh() {
  const first = formulas.models[modelIds[0]];
  return {
    model: modelIds[0], gap: data.gap, discount: [...data.discount], enforcement: first.concepts[0].id,
    numbers: Object.fromEntries(modelIds.map((id) => [id, valuesOf(formulas.models[id].parameters)])),
    conceptNumbers: Object.fromEntries(modelIds.map((id) => [id, Object.fromEntries(formulas.models[id].concepts.map((c) => [c.id, valuesOf(c.parameters)]))])),
  };
}

const valuesOf = (parameters) => Object.fromEntries(parameters.map((p) => [p.name, p.value]));
const modelOf = (state) => formulas.models[state.model];
const conceptOf = (state) => modelOf(state).concepts.find((c) => c.id === state.enforcement);
const conceptNumbersOf = (state) => state.conceptNumbers[state.model][state.enforcement];

/* What the solver takes. With side payments both have one patience: the sponsor's. */
function settingOf(state) {
  const model = modelOf(state), concept = conceptOf(state);
  return {
    model, concept,
    discount: concept.pooled ? [state.discount[0], state.discount[0]] : [...state.discount],
    numbers: model.parameters.map((p) => state.numbers[state.model][p.name]),
    conceptNumbers: concept.parameters.map((p) => conceptNumbersOf(state)[p.name]),
  };
}

/* Every number of a state, by its name in the address: [name, least, most, get, set]. */
function entries(state) {
  const discounts = SIDES.map((side, i) => [`discount.${side}`, 0, MOST, () => settingOf(state).discount[i], (x) => (state.discount[i] = x)]);
  const own = (parameters, numbers) => parameters.map((p) => [p.name, p.low, p.high, () => numbers[p.name], (x) => (numbers[p.name] = x)]);
  return [
    ["gap", LOW, HIGH, () => state.gap, (x) => (state.gap = x)], ...discounts,
    ...own(modelOf(state).parameters, state.numbers[state.model]), ...own(conceptOf(state).parameters, conceptNumbersOf(state)),
  ];
}

function address(state) {
  const query = new URLSearchParams();
  if (modelIds.length > 1) query.set("model", state.model);
  query.set("enforcement", state.enforcement);
  for (const [name, , , get] of entries(state)) query.set(name, String(get()));
  return `#${query}`;
}

/* The state that an address names, and in words what is wrong with the address. */
function readAddress(hash) {
  const state = fresh();
  const problems = [];
  const query = [...new URLSearchParams(hash.replace(/^#/, ""))];
  const given = new Map(query);
  for (const name of new Set(query.map(([key]) => key))) {
    if (query.filter(([key]) => key === name).length > 1) problems.push(`“${name}” is there more than once; the last one counts`);
  }
  const choice = (name, known) => {
    const value = given.get(name);
    given.delete(name);
    if (value === undefined || known.includes(value)) return value;
    problems.push(`${name} must be one of ${known.join(", ")}; the address says “${value}”`);
    return undefined;
  };
  state.model = choice("model", modelIds) ?? state.model;
  state.enforcement = choice("enforcement", modelOf(state).concepts.map((c) => c.id)) ?? modelOf(state).concepts[0].id;
  const [ours, theirs] = SIDES.map((side) => given.get(`discount.${side}`));
  if (conceptOf(state).pooled && theirs !== undefined && Number(theirs) !== Number(ours ?? state.discount[0])) {
    problems.push("with side payments both sides have the sponsor’s patience; the address gives the proxy another one");
  }
  for (const [name, low, high, get, set] of entries(state)) {
    if (!given.has(name)) continue;
    const text = given.get(name);
    const value = text.trim() === "" ? NaN : Number(text);
    if (Number.isFinite(value) && value >= low && value <= high) set(value);
    else problems.push(`${name} must be a number from ${low} to ${high}; the address says “${text}”, the page shows ${get()}`);
    given.delete(name);
  }
  for (const name of given.keys()) problems.push(`there is no “${name}” in this model and enforcement`);
  return { state, problems };
}

function say(problems) {
  $("notice").hidden = problems.length === 0;
  $("notice").innerHTML = problems.length === 0 ? "" :
    `The address of this page names a setting that it cannot show as it stands: <ul>${problems.map((x) => `<li>${escape(x)}</li>`).join("")}</ul>`;
}

/* -- sliders ---------------------------------------------------------------------------------------------------------- */

let state = fresh();

function row({ name, label, symbol, hint, low, high, value, className = "", disabled = false }) {
  const step = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5].find((s) => (high - low) / s <= 200) ?? (high - low) / 100;
  const id = `s-${name}`;
  return `<div class="row ${className}"><label for="${id}">${label}${symbol ? ` <i>${escape(symbol).replace(/_(\w)/, "<sub>$1</sub>")}</i>` : ""}</label>
    <input type="number" step="any" min="${low}" max="${high}" value="${value}" data-name="${name}" aria-label="${escape(label.replace(/<[^>]*>/g, ""))}: exact value" ${disabled ? "disabled" : ""}>
    <input type="range" id="${id}" min="${low}" max="${high}" step="${step}" value="${value}" data-name="${name}" aria-describedby="${id}-hint" ${disabled ? "disabled" : ""}>
    <small id="${id}-hint">${escape(hint)}</small></div>`;
}

const rows = (parameters, numbers) => parameters.map((p) => row({ ...p, label: escape(p.label), value: numbers[p.name] })).join("");

function choiceBox(id, label, options, chosen, hint = "") {
  return `<label for="${id}" class="${label ? "" : "hidden"}">${label}</label><select id="${id}" aria-describedby="${id}-hint">` +
    options.map(([value, text]) => `<option value="${escape(value)}" ${value === chosen ? "selected" : ""}>${escape(text)}</option>`).join("") +
    `</select><small id="${id}-hint">${escape(hint)}</small>`;
}

function showControls() {
  const model = modelOf(state), concept = conceptOf(state), setting = settingOf(state);
  const names = data.path ? [data.path.sponsor, data.path.proxy] : [];
  $("dyad").innerHTML = row({ name: "gap", label: "Gap of power", symbol: "γ", hint: "0: equals; +: the sponsor is stronger; −: the proxy has overtaken it", low: LOW, high: HIGH, value: state.gap }) +
    SIDES.map((side, i) => row({
      name: `discount.${side}`, label: `Patience of the ${side}`, symbol: i ? "δ_P" : "δ_S", className: side, low: 0, high: MOST,
      value: setting.discount[i], disabled: concept.pooled && i === 1,
      hint: concept.pooled && i === 1 ? "with side payments the same as the sponsor’s" : `${names[i] ? `${names[i]}: ` : ""}what the next period is worth today`,
    })).join("");
  $("model-choice").innerHTML = modelIds.length > 1 ? choiceBox("choose-model", "Model", modelIds.map((id) => [id, formulas.models[id].name]), state.model, "readings of the literature; the numbers are benchmarks, not estimates") : "";
  $("game").innerHTML = rows(model.parameters, state.numbers[state.model]) || "<p class='note'>This model has no numbers among its parameters.</p>";
  $("enforcement-choice").innerHTML = choiceBox("choose-enforcement", "Enforcement", model.concepts.map((c) => [c.id, c.label]), state.enforcement, CAPITAL(concept.hint) + ".");
  $("enforcement").innerHTML = rows(concept.parameters, conceptNumbersOf(state));
  for (const [name, , , get] of entries(state)) show(name, get());
  for (const id of ["choose-model", "choose-enforcement"]) {
    $(id)?.addEventListener("change", (event) => {
      if (id === "choose-model") {
        const known = formulas.models[event.target.value].concepts.some((c) => c.id === state.enforcement);
        state.model = event.target.value;
        if (!known) state.enforcement = modelOf(state).concepts[0].id;
      } else state.enforcement = event.target.value;
      showControls();
      $(id).focus();
      changed();
    });
  }
}

function valueText(name, x) {
  if (name !== "gap") return String(x);
  return `${x}: ${x === 0 ? "parity" : `the ${x > 0 ? "sponsor" : "proxy"} has ${Math.round((1 + Math.abs(x)) * 50)}% of the power`}`;
}

function take(name, value) {
  entries(state).find((entry) => entry[0] === name)[4](value);
  if (name === "discount.sponsor" && conceptOf(state).pooled) show("discount.proxy", value);
  show(name, value);
  changed();
}

function show(name, value) {
  for (const input of document.querySelectorAll(`[data-name="${CSS.escape(name)}"]`)) {
    if (input !== document.activeElement || input.type === "range") input.value = value;
    input.removeAttribute("aria-invalid");
    if (input.type === "range") input.setAttribute("aria-valuetext", valueText(name, value));
  }
}

$("controls").addEventListener("submit", (event) => event.preventDefault());
$("controls").addEventListener("input", ({ target }) => {
  const { name } = target.dataset;
  if (!name) return;
  const value = target.value.trim() === "" ? NaN : Number(target.value);
  const good = Number.isFinite(value) && value >= Number(target.min) && value <= Number(target.max);
  if (good) take(name, value);
  else target.setAttribute("aria-invalid", "true");
});
$("controls").addEventListener("change", ({ target }) => {
  if (target.getAttribute("aria-invalid") !== "true") return;
  $("copied").textContent = `${target.getAttribute("aria-label")} must be a number from ${target.min} to ${target.max}.`;
  show(target.dataset.name, entries(state).find((entry) => entry[0] === target.dataset.name)[3]());
  target.value = entries(state).find((entry) => entry[0] === target.dataset.name)[3]();
});

/* -- answers ---------------------------------------------------------------------------------------------------------- */

let waiting = false;
function changed(rewrite = true) {
  if (rewrite) {
    history.replaceState(null, "", address(state));
    say([]);
  }
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => {
    waiting = false;
    showAnswers();
  });
}

let known = { key: "", answer: null }; // the line of gaps, which does not change with the gap that is looked at

function alongTheGap(setting) {
  const key = JSON.stringify([state.model, state.enforcement, setting.discount, setting.numbers, setting.conceptNumbers]);
  if (known.key !== key) {
    const samples = solve.sample(setting);
    const observations = (data.path?.observations ?? []).map((o) => ({ ...o, r: solve.critical(setting, o.gap) }));
    for (const o of observations) o.who = solve.defector(setting, o.r);
    known = { key, answer: { samples, windows: solve.windows(setting, samples), regimes: solve.regimes(setting, 401), observations } };
  }
  return known.answer;
}

function showAnswers() {
  const setting = settingOf(state);
  const r = solve.critical(setting, state.gap);
  const refusal = r.refusal || solve.refusal(setting);
  for (const id of ["picture", "details"]) $(id).hidden = Boolean(refusal);
  if (refusal) {
    $("regime").hidden = true;
    put("headline", `This setting is no model${r.refusal ? "" : " at some gaps"}.`);
    put("where", "");
    put("why", `${escape(refusal)}.`);
    return;
  }
  const line = alongTheGap(setting);
  showVerdict(setting, r);
  showPicture(setting, line);
  showWindows(line.windows);
  showPath(line.observations);
  showStage(setting.model, r);
  showWeighs(setting, r);
  showPython(setting);
  if (!performance.getEntriesByName("answered").length) performance.mark("answered"); // how long the first answer took
}

/* Changes what is there only if it differs: a live region speaks at every change. */
function put(id, html) {
  if ($(id).innerHTML !== html) $(id).innerHTML = html;
}

const OUTCOME = (who) => (who === null ? "The alliance holds." : who === "both" ? "Both defect." : `The ${who} defects.`);

function showVerdict(setting, r) {
  const who = solve.defector(setting, r);
  const regime = solve.regime(setting, state.gap);
  const names = setting.model.regimes;
  $("regime").hidden = false;
  $("regime").dataset.regime = regime === names.length - 1 ? "last" : regime;
  put("regime", `${term("regime", "tip-regime")}: ${escape(names[regime])}`);
  put("headline", OUTCOME(who));
  const g = state.gap, share = Math.round((1 + g) * 50);
  const strength = Math.abs(g) < 1e-12 ? "parity" : g > 0 ? `the sponsor has ${share}% of the power` : `the proxy has overtaken its sponsor, with ${100 - share}% of the power`;
  put("where", `at the ${term("gap", "tip-gap")} ${gapText(g)}: ${strength}`);
  const sentence = (i) => {
    const d = r.discounts[i], has = number(setting.discount[i]);
    const name = `<b class="${SIDES[i]}">${i ? "the proxy" : "The sponsor"}</b>`;
    if (d === Infinity) return `${name} cannot be deterred by any patience`;
    return d === 0 ? `${name} is not tempted` : `${name} needs a patience of ${number(d)} and has ${has}`;
  };
  if (setting.concept.pooled) {
    const d = r.discounts[0];
    put("why", d === Infinity ? "With side payments their constraints are one, and no patience meets it." : `With side payments their constraints are one: they need a patience of ${number(d)} and have ${number(setting.discount[0])}.`);
  } else put("why", `${sentence(0)}; ${sentence(1)}.`);
}

function showPicture(setting, line) {
  const model = setting.model;
  const holds = line.windows.length ? `The alliance holds at gaps ${list(line.windows.map((w) => `from ${gapText(w.lower)} to ${gapText(w.upper)}`))}.` : "The alliance holds at no gap.";
  const measured = line.observations.length ? ` Below, the measured gap of ${line.observations.length} dates.` : "";
  put("legend", `<span>${chart.swatch(0)}<b class="sponsor">sponsor’s</b> ${term("critical discount factor", "tip-critical")} δ*</span><span>${chart.swatch(1)}<b class="proxy">proxy’s</b></span>`);
  put("jump", line.observations.length ? "Below: the measured gap; filled where the model lets the alliance hold, hollow where it breaks it." : "");
  $("chart").innerHTML = chart.draw({
    width: Math.max($("chart").clientWidth, 280), domain: [LOW, HIGH], gap: state.gap, discount: setting.discount, samples: line.samples, windows: line.windows,
    regimes: line.regimes, names: model.regimes, observations: line.observations, breaks: data.path?.breaks ?? [],
    label: `Critical discount factors of sponsor and proxy along the gap, from ${LOW} to ${HIGH}. ${holds}${measured} The tables below have the numbers.`,
  });
}

function showWindows(windows) {
  if (!windows.length) return put("windows", "<p>At no gap: with this patience and this enforcement nothing keeps both sides to the alliance.</p>");
  const rows = windows.map((w) => `<tr><td>${gapText(w.lower)}</td><td>${gapText(w.upper)}</td><td class="words">${solve.words(w.below)}</td><td class="words">${solve.words(w.above)}</td></tr>`);
  put("windows", `<table><thead><tr><th scope="col">from the gap</th><th scope="col">to</th><th scope="col" class="words">just below</th><th scope="col" class="words">just above</th></tr></thead><tbody>${rows.join("")}</tbody></table>`);
}

function showPath(observations) {
  const { path } = data;
  $("path-section").hidden = !path;
  if (!path) return;
  put("path-title", `The measured path: ${escape(path.title)}`);
  const groups = new Map();
  for (const o of observations) groups.set(o.who, [...(groups.get(o.who) ?? []), o.date]);
  const parts = [...groups].map(([who, dates]) => `<b>${who === null ? "alliance holds" : solve.words(who)}</b> in ${list(dates.map(escape))}`);
  const fact = path.breaks.length ? ` What happened: ${path.breaks.map((b) => escape(b.text)).join(" ")}` : ` What happened: ${escape(path.outcome)}`;
  put("path-words", `At this setting the model says: ${parts.join("; ")}.${fact}`);
  const rows = observations.map((o) => `<tr><th scope="row">${escape(o.date)}</th><td>${o.sponsor}</td><td>${o.proxy}</td><td>${gapText(o.gap)}</td><td>${number(o.r.discounts[0])}</td><td>${number(o.r.discounts[1])}</td><td class="words">${o.who === null ? "alliance holds" : solve.words(o.who)}</td></tr>`);
  put("path", `<table><thead><tr><th scope="col" class="words">date</th><th scope="col">${escape(path.sponsor)}</th><th scope="col">${escape(path.proxy)}</th><th scope="col">gap</th><th scope="col">sponsor’s δ*</th><th scope="col">proxy’s δ*</th><th scope="col" class="words">the model says</th></tr></thead><tbody>${rows.join("")}</tbody></table>`);
  put("path-source", `Unit: ${escape(path.unit)}. Source: ${escape(path.source)} ${escape(path.note)}`);
}

function showStage(model, { stage }) {
  const cell = (i, j) => {
    const k = i * stage.n + j;
    const shown = SIDES.map((side, player) => {
      const text = stage.payoff[player][k].toFixed(3);
      const reply = solve.isBestReply(stage, player, k);
      return `<span class="${side}">${reply ? `<u class="best">${text}</u><span class="hidden"> (best reply)</span>` : text}</span>`;
    });
    const equilibrium = solve.isEquilibrium(stage, k);
    return `<td class="${equilibrium ? "equilibrium" : ""}">${shown.join('<span class="comma">, </span>')}${equilibrium ? '<span class="hidden"> stage equilibrium</span>' : ""}</td>`;
  };
  const labels = model.actions.map(escape);
  const body = labels.map((a, i) => `<tr><th scope="row"><span class="sponsor">${a}</span></th>${labels.map((_, j) => cell(i, j)).join("")}</tr>`);
  put("stage", `<table class="bimatrix"><caption class="hidden">Payoffs per period: the sponsor chooses the row, the proxy the column</caption><thead><tr><th scope="col"><span class="sponsor">sponsor</span> \\ <span class="proxy">proxy</span></th>${labels.map((a) => `<th scope="col"><span class="proxy">${a}</span></th>`).join("")}</tr></thead><tbody>${body.join("")}</tbody></table>`);
}

function showWeighs(setting, r) {
  const punished = (i) => (r.punished[i] < 0 ? "nothing punishes" : r.threat[i].toFixed(3));
  const rows = [
    ["payoff in the alliance", (i) => r.path[i].toFixed(3)], ["payoff of the best betrayal", (i) => r.deviation[i].toFixed(3)],
    ["payoff when punished", punished], ["patience needed, δ*", (i) => `<b>${number(r.discounts[i])}</b>`], ["patience set, δ", (i) => number(setting.discount[i])],
  ].map(([label, value]) => `<tr><th scope="row">${label}</th>${SIDES.map((_, i) => `<td>${value(i)}</td>`).join("")}</tr>`);
  const heads = SIDES.map((side) => `<th scope="col"><span class="${side}">${side}</span></th>`);
  put("weighs", `<table><thead><tr><th scope="col" class="words">per period</th>${heads.join("")}</tr></thead><tbody>${rows.join("")}</tbody></table>`);
  const name = (k) => `(${setting.model.actions[Math.floor(k / r.stage.n)]}, ${setting.model.actions[k % r.stage.n]})`;
  const says = SIDES.map((side, i) => (r.punished[i] < 0 ? `nothing punishes the ${side}` : `the ${side} is punished by ${name(r.punished[i])}`));
  const same = r.punished[0] >= 0 && r.punished[0] === r.punished[1];
  put("punishment", `${escape(same ? `Both are punished by ${name(r.punished[0])}` : CAPITAL(list(says)))}: actions of sponsor and proxy.`);
}

function showPython(setting) {
  $("python-section").hidden = !setting.model.python || !setting.concept.python;
  if ($("python-section").hidden) return;
  const fill = (text, parameters, numbers) => parameters.reduce((t, p, k) => t.replaceAll(`⟦${p.name}⟧`, numbers[k]), text);
  const game = fill(setting.model.python, setting.model.parameters, setting.numbers);
  const concept = fill(setting.concept.python, setting.concept.parameters, setting.conceptNumbers);
  const total = data.total === 1 ? "" : `, total=${data.total}`;
  // long names break behind a bracket or a sign of equality, not within a word
  put("python", escape(`import alliances as al

game = ${game}
enforcement = ${concept}
print(al.critical_discount(game, al.Power.from_gap(${state.gap}${total}), enforcement=enforcement))
print(al.defection_threshold(game, (${setting.discount.join(", ")}), enforcement=enforcement${total}))`).replace(/[(=](?!\))/g, "$&<wbr>"));
}

/* -- pointer, terms, address ------------------------------------------------------------------------------------------ */

const drag = (event) => {
  const svg = $("chart").querySelector("svg");
  take("gap", Math.round(chart.gapAt(svg, event.clientX, [LOW, HIGH]) * 200) / 200);
};
$("chart").addEventListener("pointerdown", (event) => {
  $("chart").setPointerCapture(event.pointerId);
  drag(event);
});
$("chart").addEventListener("pointermove", (event) => $("chart").hasPointerCapture(event.pointerId) && drag(event));

$("tips").innerHTML = Object.entries(TERMS).map(([id, text]) => `<span id="${id}">${text}</span>`).join("");
function explain(button) {
  $("tip")?.remove();
  if (!button) return;
  const tip = document.createElement("div");
  tip.id = "tip";
  tip.setAttribute("aria-hidden", "true"); // the button is described by the text already
  tip.textContent = TERMS[button.getAttribute("aria-describedby")];
  document.body.append(tip);
  const at = button.getBoundingClientRect();
  tip.style.left = `${Math.max(12, Math.min(at.left, document.documentElement.clientWidth - tip.offsetWidth - 12)) + scrollX}px`;
  tip.style.top = `${at.bottom + 6 + scrollY}px`;
}
for (const [name, shows] of [["mouseover", true], ["focusin", true], ["mouseout", false], ["focusout", false]]) {
  document.addEventListener(name, ({ target }) => target.closest?.(".term") && explain(shows ? target.closest(".term") : null));
}
document.addEventListener("click", ({ target }) => target.closest?.(".term") && explain(target.closest(".term")));
document.addEventListener("keydown", ({ key }) => key === "Escape" && explain(null));

$("copy").addEventListener("click", async () => {
  const link = location.href.replace(/#.*/, "") + address(state);
  try {
    await navigator.clipboard.writeText(link);
    $("copied").textContent = "Copied.";
  } catch {
    $("copied").textContent = "The browser does not allow it: copy the address instead.";
  }
});
$("reset").addEventListener("click", () => {
  state = fresh();
  showControls();
  changed();
});

function open() {
  const { state: named, problems } = readAddress(location.hash);
  state = named;
  showControls();
  say(problems);
  changed(false);
}
addEventListener("hashchange", open);
new ResizeObserver(() => {
  changed(false);
  parent.postMessage({ alliancesExplorer: document.body.getBoundingClientRect().height }, "*"); // the docs give it the room
}).observe(document.body);
open();
