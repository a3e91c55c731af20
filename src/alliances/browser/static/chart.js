"use strict";
/* The picture, as SVG written by hand: critical discount factors along the gap, the regimes below, the measured path below
   these, on one axis. Lines differ in colour and in dashes, so that it reads in grey. */

const chart = (() => {
  const LEFT = 46, RIGHT = 14, TOP = 8, LANE = 34, PLOT = 250, STRIP = 24, AXIS = 62;
  const escape = (text) => String(text).replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
  const signed = (x) => (x > 0 ? "+" : x < 0 ? "−" : "") + Math.abs(x).toFixed(1);
  const STYLE = [{ colour: "var(--sponsor)", dash: "" }, { colour: "var(--proxy)", dash: "7 4" }];

  function draw({ width, domain, gap, discount, samples, windows, regimes, names, observations, breaks, label }) {
    const [low, high] = domain;
    const inner = width - LEFT - RIGHT;
    const x = (g) => LEFT + ((g - low) / (high - low)) * inner;
    const lane = TOP + 10;
    const bottom = TOP + LANE + PLOT;
    const y = (d) => (d === Infinity ? lane : bottom - d * PLOT);
    const strip = bottom + 8;
    const axis = strip + STRIP;
    const path = observations.length ? timeline(axis + AXIS, observations, breaks) : null;
    const height = path ? path.bottom + 10 : axis + AXIS - 6;
    const end = path ? path.bottom : axis;
    const out = [];

    out.push(`<rect x="${LEFT}" y="${TOP}" width="${inner}" height="${bottom - TOP}" fill="none" stroke="var(--line)"/>`);
    for (const w of windows) {
      const [a, b] = [x(w.lower), x(w.upper)];
      out.push(`<rect x="${a}" y="${TOP}" width="${Math.max(b - a, 1)}" height="${end - TOP}" fill="var(--holds)"/>`);
      if (b - a > 92) out.push(text((a + b) / 2, bottom - 8, "alliance holds", "middle", 'fill="var(--holds-ink)" style="fill:var(--holds-ink)"'));
    }
    for (const d of [0, 0.25, 0.5, 0.75, 1]) {
      out.push(line(LEFT, y(d), width - RIGHT, y(d), "var(--grid)"));
      out.push(text(LEFT - 7, y(d) + 4, d === 0 || d === 1 ? d : d.toFixed(2), "end", 'class="soft"'));
    }
    out.push(text(LEFT - 7, lane + 4, "∞", "end", 'class="soft"'));
    out.push(text(width - RIGHT - 5, lane + 18, "∞: no patience suffices", "end", 'class="soft halo"'));
    for (const g of width < 480 ? [-0.9, -0.6, -0.3, 0, 0.3, 0.6, 0.9] : [-0.9, -0.75, -0.6, -0.45, -0.3, -0.15, 0, 0.15, 0.3, 0.45, 0.6, 0.75, 0.9]) {
      out.push(line(x(g), axis, x(g), axis + 5, "var(--soft)"));
      out.push(text(x(g), axis + 18, g === 0 ? "0" : Number(g.toFixed(2)) === Number(g.toFixed(1)) ? signed(g) : (g > 0 ? "+" : "−") + Math.abs(g).toFixed(2), "middle", 'class="soft"'));
    }
    out.push(line(x(0), TOP, x(0), end, "var(--line)", 'stroke-dasharray="2 3"'));
    out.push(text(LEFT, axis + 37, "← proxy stronger", "start", 'class="soft"'), text(width - RIGHT, axis + 37, "sponsor stronger →", "end", 'class="soft"'));
    out.push(text(x(0), axis + (width < 480 ? 52 : 37), "gap of power γ", "middle"));

    for (const i of [0, 1]) {
      const { colour } = STYLE[i];
      out.push(line(LEFT, y(discount[i]), width - RIGHT, y(discount[i]), colour, `stroke-dasharray="1 4" stroke-width="1.6" stroke-linecap="round"`));
    }
    for (const i of [0, 1]) {
      const { colour, dash } = STYLE[i];
      const { curve, jumps } = trace(samples, i, x, y);
      out.push(`<path d="${jumps}" fill="none" stroke="${colour}" stroke-width="1" stroke-dasharray="1 3"/>`);
      out.push(`<path d="${curve}" fill="none" stroke="${colour}" stroke-width="2.6" stroke-dasharray="${dash}" stroke-linejoin="round"/>`);
    }

    for (const r of regimes) {
      const [a, b] = [x(r.lower), x(r.upper)];
      const last = r.regime === names.length - 1;
      const fill = last ? "var(--conflict)" : r.regime === 0 ? "var(--alliance)" : "var(--pact)";
      out.push(`<rect x="${a}" y="${strip}" width="${b - a}" height="${STRIP}" fill="${fill}" stroke="var(--card)"/>`);
      if (b - a > names[r.regime].length * 6.6 + 6) out.push(text((a + b) / 2, strip + 16, names[r.regime], "middle"));
    }
    if (path) out.push(text(LEFT, axis + AXIS + 8, "measured gap, by date", "start", 'class="soft halo"'), path.draw(x, LEFT, width - RIGHT));

    out.push(line(x(gap), TOP, x(gap), end, "var(--ink)", 'stroke-width="1.5"'));
    out.push(`<path d="M${x(gap) - 6} ${TOP - 7}h12l-6 8z" fill="var(--ink)"/>`);
    return `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escape(label)}">${out.join("")}</svg>`;
  }

  const line = (x1, y1, x2, y2, colour, more = "") => `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" stroke="${colour}" ${more}/>`;
  const text = (x, y, words, anchor, more = "") => `<text x="${x}" y="${y}" text-anchor="${anchor}" ${more}>${escape(words)}</text>`;

  /* A player's curve, broken where it jumps; the jumps are thin. */
  function trace(samples, i, x, y) {
    let curve = "", jumps = "", before = null;
    for (const { gap, label, r } of samples) {
      const d = r.discounts[i];
      const px = x(gap).toFixed(1), py = y(d).toFixed(1);
      const jump = before && ((d === Infinity) !== (before.d === Infinity) || (label !== before.label && Math.abs(d - before.d) > 0.01));
      if (jump) jumps += `M${before.px} ${before.py}L${px} ${py}`;
      if (!before || jump) curve += `M${px} ${py}`;
      else if (px !== before.px || py !== before.py) curve += `L${px} ${py}`;
      before = { d, label, px, py };
    }
    return { curve, jumps };
  }

  /* The measured path: the gap to the right, the years downward, hollow where the model breaks the alliance. */
  function timeline(top, observations, breaks) {
    const times = [...observations.map((o) => o.time), ...breaks.flatMap((b) => [b.first, b.after])];
    const [first, last] = [Math.min(...times), Math.max(...times)];
    const size = Math.min(230, Math.max(60, 24 * observations.length));
    const y = (time) => top + 10 + (last > first ? (time - first) / (last - first) : 0.5) * (size - 20);
    const every = Math.ceil(observations.length / (size / 13));
    const draw = (x, left, right) => {
      const out = [];
      for (const b of breaks) {
        const [y1, y2] = [y(b.first), y(b.after)];
        out.push(`<rect x="${left}" y="${y1}" width="${right - left}" height="${Math.max(y2 - y1, 2)}" fill="var(--soft)" opacity=".16"/>`);
        out.push(line(left, y1, right, y1, "var(--ink)", 'stroke-dasharray="5 3"'));
        out.push(text(right - 5, y1 + 14, `the break: ${b.date}`, "end", 'class="halo" font-weight="650"'));
      }
      const points = observations.map((o) => [x(o.gap), y(o.time)]);
      out.push(`<polyline points="${points.map((p) => p.map((c) => c.toFixed(1)).join()).join(" ")}" fill="none" stroke="var(--ink)" stroke-width="1.4"/>`);
      observations.forEach((o, k) => {
        const [px, py] = points[k];
        const fill = o.who ? "var(--card)" : "var(--ink)";
        out.push(`<circle cx="${px}" cy="${py}" r="4.6" fill="${fill}" stroke="var(--ink)" stroke-width="1.8"/>`);
        const beside = px > (left + right) * 0.7 ? [px - 10, "end"] : [px + 10, "start"];
        if (k % every === 0 || k === observations.length - 1) out.push(text(beside[0], py + 4, o.date, beside[1], 'class="halo"'));
      });
      return out.join("");
    };
    return { bottom: top + size, draw };
  }

  /* The gap at a point of the picture. */
  function gapAt(svg, clientX, domain) {
    const box = svg.getBoundingClientRect();
    const scale = svg.viewBox.baseVal.width / box.width;
    const share = ((clientX - box.left) * scale - LEFT) / (svg.viewBox.baseVal.width - LEFT - RIGHT);
    return domain[0] + Math.min(Math.max(share, 0), 1) * (domain[1] - domain[0]);
  }

  const swatch = (i) => `<svg viewBox="0 0 30 12" aria-hidden="true"><line x1="0" x2="30" y1="6" y2="6" stroke="${STYLE[i].colour}" stroke-width="2.8" stroke-dasharray="${STYLE[i].dash}"/></svg>`;

  return { draw, gapAt, swatch, escape };
})();
