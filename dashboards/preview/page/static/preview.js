// Draws the figures of the page in the colours of its theme. All data is in the page; nothing is fetched.
"use strict";
(() => {
  const figures = JSON.parse(document.getElementById("figures").textContent);
  const root = document.documentElement;
  const ink = (name) => getComputedStyle(root).getPropertyValue(name).trim();

  function themed() {
    const axis = { gridcolor: ink("--grid"), linecolor: ink("--grid"), zerolinecolor: ink("--grid") };
    return {
      paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: "rgba(0,0,0,0)",
      font: { family: getComputedStyle(document.body).fontFamily, size: 11, color: ink("--soft") },
      hoverlabel: { bgcolor: ink("--sheet"), bordercolor: ink("--line"), align: "left", namelength: 60, font: { color: ink("--ink"), size: 12 } },
      axis,
    };
  }

  function layout(figure, place) {
    const { axis, ...theme } = themed();
    const made = { margin: { l: 6, r: 12, t: 11, b: 22 }, showlegend: false, dragmode: "zoom", ...figure.layout, ...theme };
    for (const name of ["xaxis", "yaxis", "yaxis2"]) {
      if (made[name]) made[name] = { ...axis, ...made[name] };
    }
    // As many times as stand beside each other without turning.
    if (made.xaxis && made.xaxis.type === "date") {
      const wide = made.xaxis.tickformat.length > 5 ? 110 : 70;
      made.xaxis = { ...made.xaxis, nticks: Math.max(2, Math.floor(place.clientWidth / wide)), tickangle: 0 };
    }
    return made;
  }

  const config = { displayModeBar: false, responsive: true, displaylogo: false, showTips: false };

  async function draw() {
    let failed = 0;
    for (const figure of figures) {
      // One at a time, and the page can be scrolled meanwhile.
      await new Promise((next) => setTimeout(next));
      const place = document.getElementById(figure.id);
      try {
        await Plotly.newPlot(place, figure.data, layout(figure, place), config);
      } catch (error) {
        failed += 1;
        place.textContent = "This figure could not be drawn.";
      }
    }
    root.dataset.failed = String(failed);
    root.dataset.drawn = String(figures.length - failed);
  }

  const button = document.getElementById("theme");
  const dark = () => (root.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  function show(theme) {
    if (theme) root.dataset.theme = theme;
    button.hidden = false;
    button.textContent = dark() ? "Light" : "Dark";
  }
  function redraw() {
    for (const figure of figures) {
      const place = document.getElementById(figure.id);
      Plotly.react(place, figure.data, layout(figure, place), config);
    }
  }
  let kept = null;
  try { kept = localStorage.getItem("theme"); } catch (error) { kept = null; }
  show(kept === "dark" || kept === "light" ? kept : "");
  button.addEventListener("click", () => {
    const next = dark() ? "light" : "dark";
    try { localStorage.setItem("theme", next); } catch (error) { /* a file may keep nothing */ }
    show(next);
    redraw();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { show(""); redraw(); });

  document.addEventListener("click", (event) => {
    const chosen = event.target.closest("[data-plot]");
    if (chosen && chosen.dataset.traces) {
      const off = chosen.getAttribute("aria-pressed") === "false";
      chosen.setAttribute("aria-pressed", off ? "true" : "false");
      Plotly.restyle(chosen.dataset.plot, { visible: off ? true : "legendonly" }, chosen.dataset.traces.split(",").map(Number));
    }
    for (const open of document.querySelectorAll("details.more[open], details.many[open]")) {
      if (!open.contains(event.target)) open.open = false;
    }
  });
  document.addEventListener("change", (event) => {
    const row = event.target.closest(".options");
    if (!row) {
      if (event.target.matches("form.choices select")) event.target.form.requestSubmit();
      return;
    }
    // All and single values exclude each other.
    const all = event.target.value === "$__all";
    for (const box of row.querySelectorAll("input")) {
      if (box !== event.target && (all ? event.target.checked : box.value === "$__all")) box.checked = false;
    }
  });
  draw();
})();
