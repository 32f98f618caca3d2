"use strict";
// Draws the figures of the page when they come near the screen, and shows one segment alone on request.
(() => {
  const specs = JSON.parse(document.getElementById("figures").textContent);
  const charts = [...document.querySelectorAll(".chart")];
  const drawn = new Map(); // element -> {view, width}
  let focus = 0;

  const longest = (labels) => Math.max(0, ...labels.flatMap((l) => String(l).split("\n")).map((l) => [...l].length));

  // Room that the labels of a panel take to its left, in pixels.
  function labelRoom(panel) {
    const views = [panel, ...(panel.layer || [])];
    const y = views.map((v) => v.encoding && v.encoding.y).find((e) => e && e.field);
    if (y && y.axis === null) return 10;
    return y && y.type === "nominal" ? 18 + 6.6 * longest(y.scale.domain) : 58;
  }

  // Beside each other legend entries need room that a telephone has not.
  function narrowLegends(node, width) {
    if (node === null || typeof node !== "object") return;
    if (node.legend && node.legend.columns) { node.legend.columns = 1; node.legend.labelLimit = width - 90; }
    for (const child of Object.values(node)) narrowLegends(child, width);
  }

  // Long titles of axes break into lines; names below a crowded axis stand upright, or shrink to their numbers.
  function eased(view, width) {
    const left = labelRoom(view);
    for (const part of [view, ...(view.layer || [])]) {
      const x = part.encoding && part.encoding.x;
      if (!x) continue;
      const most = Math.max(12, Math.floor((width - left) / 6.4));
      if (typeof x.title === "string" && x.title.length > most) x.title = broken(x.title, most);
      if (x.type !== "nominal" || !x.scale || !x.scale.domain) continue;
      const names = x.scale.domain;
      if ((width - left) / names.length < 11) { Object.assign(x.axis, { labels: false }); continue; } // the names stand at the side too
      if (longest(names) * 6 < (width - left) / names.length) continue;
      const numbered = names.every((n) => /^\d+\. /.test(n));
      Object.assign(x.axis, numbered ? { labelExpr: "split(datum.label, '.')[0]" } : { labelAngle: -90, labelAlign: "right", labelBaseline: "middle" });
    }
  }

  function broken(text, most) {
    const lines = [""];
    for (const word of text.split(" ")) {
      if ((lines.at(-1) + " " + word).trim().length > most) lines.push(word);
      else lines[lines.length - 1] = (lines.at(-1) + " " + word).trim();
    }
    return lines;
  }

  // Panels share the width there is: as many side by side as stay readable.
  function fitted(spec, width) {
    const own = structuredClone(spec);
    delete own.title;
    if (width < 620) narrowLegends(own, width);
    if (own.concat) {
      const room = Math.max(...own.concat.map(labelRoom));
      const gap = room + 24;
      const least = Math.max(150, ...own.concat.map((p) => (p.width || 0) * 0.75));
      const columns = Math.max(1, Math.min(own.columns, own.concat.length, Math.floor((width - room + gap) / (least + gap))));
      own.columns = columns;
      own.spacing = { row: own.spacing.row, column: gap };
      const inner = Math.floor((width - room - 20 - (columns - 1) * gap) / columns);
      for (const panel of own.concat) { panel.width = Math.max(120, inner); eased(panel, panel.width + labelRoom(panel)); }
    } else eased(own, width - 46);
    return own;
  }

  function options() {
    const style = getComputedStyle(document.documentElement);
    const dark = matchMedia("(prefers-color-scheme: dark)").matches;
    const colour = (name) => style.getPropertyValue(name).trim();
    const font = getComputedStyle(document.body).fontFamily;
    const axis = { labelFontSize: 12, titleFontSize: 12, titleFontWeight: 400, titlePadding: 10, labelSeparation: 6, gridColor: colour("--line"), tickColor: colour("--line"), domainColor: colour("--line") };
    return {
      ast: true, // expressions are interpreted and never compiled, so that the page needs no eval
      renderer: "svg",
      actions: { export: { png: true, svg: true }, source: false, compiled: false, editor: false },
      scaleFactor: { png: 2 },
      tooltip: { theme: dark ? "dark" : "light" },
      config: { background: "transparent", font, view: { stroke: null }, axis, legend: { labelFontSize: 12 }, title: { anchor: "start", fontSize: 13, fontWeight: 600, offset: 8, subtitleFontSize: 12 } },
    };
  }

  async function draw(chart) {
    const name = chart.dataset.figure;
    const spec = specs[name];
    if (!spec || typeof vegaEmbed !== "function") return;
    const width = chart.clientWidth;
    if (width === 0) return;
    drawn.get(chart)?.result?.finalize();
    drawn.set(chart, { width });
    const result = await vegaEmbed(chart, fitted(spec, width), { ...options(), downloadFileName: name });
    drawn.set(chart, { width, result });
    chart.dataset.drawn = "yes";
    if (focus) show(result.view);
  }

  function show(view) {
    try { view.signal("focus", focus).runAsync(); } catch { /* a figure without segments has no such signal */ }
  }

  function setFocus(id) {
    focus = focus === id ? 0 : id;
    document.body.toggleAttribute("data-focus", focus !== 0);
    for (const b of document.querySelectorAll("[data-focus][aria-pressed]")) b.setAttribute("aria-pressed", String(Number(b.dataset.focus) === focus));
    for (const e of document.querySelectorAll("[data-segment]")) e.classList.toggle("focused", Number(e.dataset.segment) === focus);
    for (const { result } of drawn.values()) if (result) show(result.view);
  }

  for (const button of document.querySelectorAll("button[data-focus]")) button.addEventListener("click", () => setFocus(Number(button.dataset.focus)));
  document.addEventListener("keydown", (event) => { if (event.key === "Escape" && focus) setFocus(focus); });
  const legend = document.querySelector(".legend");
  if (legend) legend.hidden = false;

  const near = new IntersectionObserver((entries) => {
    for (const entry of entries) if (entry.isIntersecting) { near.unobserve(entry.target); if (!drawn.has(entry.target)) draw(entry.target); }
  }, { rootMargin: "500px" });
  // A program that prints the page wants all of it at once, and has no screen to be near to.
  if (location.hash === "#print") for (const chart of charts) draw(chart);
  else for (const chart of charts) near.observe(chart);

  // The rest is drawn while nobody waits, so that the page prints whole.
  const idle = window.requestIdleCallback || ((task) => setTimeout(task, 200));
  function rest() {
    const next = charts.find((c) => !drawn.has(c));
    if (next) draw(next).finally(() => idle(rest));
  }
  addEventListener("load", () => setTimeout(() => idle(rest), 600));

  let waiting = 0;
  addEventListener("resize", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => { for (const [chart, { width }] of drawn) if (Math.abs(chart.clientWidth - width) > 8) draw(chart); }, 250);
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { for (const chart of [...drawn.keys()]) draw(chart); });
  addEventListener("beforeprint", () => { for (const fold of document.querySelectorAll("details.fold")) fold.open = true; });
})();
