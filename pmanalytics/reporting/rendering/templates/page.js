"use strict";
// What lies packed in the page, as a stream.
const unpacked = (name) => {
  const packed = document.getElementById(name).textContent.trim();
  const bytes = Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip")));
};
// Unpacks the chart library that lies in the page, draws the charts, and redraws them for paper.
(() => {
  const charts = [...document.querySelectorAll(".chart")];
  const settings = { displayModeBar: false, responsive: true, doubleClick: false, showTips: false };
  const paperWidth = (chart) => (chart.closest(".beside") ? 500 : 680); // as print.css has it
  const paperHeight = 1200; // what print.css leaves on a page, beneath a heading
  const tell = (reason) => {
    for (const chart of charts) {
      const note = document.createElement("p");
      note.className = "fallback";
      note.textContent = `The chart cannot be drawn here (${reason}); its figures stand below.`;
      chart.append(note);
      chart.style.minHeight = "0";
    }
  };
  const unpack = async () => {
    const source = await unpacked("library").arrayBuffer();
    return URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  };
  const load = (address) => new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.onload = resolve;
    script.onerror = () => reject(new Error("the chart library did not load"));
    script.src = address;
    document.head.append(script);
  });
  // On a telephone an axis title would be cut at both sides: break it into lines that fit.
  const fit = (layout, width) => {
    const margin = { l: 80, r: 80, b: 80, ...layout.margin };
    const middle = margin.l + (width - margin.l - margin.r) / 2;
    const letters = Math.max(12, Math.floor((2 * Math.min(middle, width - middle)) / 7));
    const axes = Object.keys(layout).filter((name) => name.startsWith("xaxis"));
    let extra = 0;
    for (const axis of axes.map((name) => layout[name])) {
      const text = axis.title && axis.title.text;
      if (!text || width >= 600) continue;
      const lines = text.split("<br>").flatMap((line) => wrap(line, letters));
      extra = Math.max(extra, lines.length - text.split("<br>").length);
      axis.title.text = lines.join("<br>");
    }
    layout.margin = { ...layout.margin, b: margin.b + 16 * extra };
    if (layout.height) layout.height += 16 * extra;
    return layout;
  };
  const wrap = (text, letters) => text.split(" ").reduce((lines, word) => {
    const last = lines[lines.length - 1];
    if (last && last.length + word.length < letters) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
    return lines;
  }, []);
  // A number behind the longest bar may need more room than the figure foresaw.
  const widen = async (chart) => {
    const edge = chart.getBoundingClientRect().right;
    const ends = [...chart.querySelectorAll("text")].map((text) => text.getBoundingClientRect().right);
    const over = Math.ceil(Math.max(0, ...ends) - edge);
    if (over <= 0) return;
    const margin = chart.layout.margin && chart.layout.margin.r;
    await window.Plotly.relayout(chart, { "margin.r": (margin === undefined ? 80 : margin) + over + 4 });
  };
  const draw = async (chart) => {
    const figure = JSON.parse(document.getElementById(`${chart.id}-data`).textContent);
    const layout = fit(figure.layout, chart.clientWidth);
    const waiting = chart.querySelector(".waiting");
    await window.Plotly.newPlot(chart, figure.data, { ...layout, autosize: true }, settings);
    if (waiting) waiting.remove();
    await widen(chart);
  };
  const drawn = () => charts.filter((chart) => chart.classList.contains("js-plotly-plot"));
  const folded = () => [...document.querySelectorAll("details:not([data-long])")];
  // In a PDF, a link to a file beside the page would hold the whole path of this machine.
  const beside = () => [...document.querySelectorAll("a[href]")].filter(
    (link) => link.protocol === "file:" && !link.getAttribute("href").startsWith("#"),
  );
  let unlinked = [];
  let reopened = [];
  const toPaper = () => {
    reopened = folded().filter((part) => !part.open);
    for (const part of reopened) part.open = true;
    unlinked = beside().map((link) => [link, link.getAttribute("href")]);
    for (const [link] of unlinked) link.removeAttribute("href");
    for (const chart of drawn()) {
      const height = Math.min(chart.clientHeight, paperHeight);
      chart.dataset.screen = chart.layout.height || "";
      window.Plotly.relayout(chart, { autosize: false, width: paperWidth(chart), height });
    }
  };
  const toScreen = () => {
    for (const part of reopened) part.open = false;
    reopened = [];
    for (const [link, address] of unlinked) link.setAttribute("href", address);
    unlinked = [];
    for (const chart of drawn()) {
      const height = Number(chart.dataset.screen) || null;
      window.Plotly.relayout(chart, { autosize: true, width: null, height });
    }
  };
  const start = async () => {
    if (!charts.length) return;
    if (typeof DecompressionStream === "undefined") {
      tell("the browser is older than 2023");
      return;
    }
    for (const chart of charts) chart.style.minHeight = `${chart.dataset.height}px`;
    try {
      await load(await unpack());
      for (const chart of charts) await draw(chart);
    } catch (problem) {
      tell(problem.message);
    }
    document.documentElement.dataset.charts = String(drawn().length);
  };
  window.addEventListener("beforeprint", toPaper);
  window.addEventListener("afterprint", toScreen);
  start();
})();
