// Draws the answers of each hour as bars, and gives them new figures whenever the dashboard around them is renewed.
(() => {
  let plot = null, drawnIn = null;

  // A canvas cannot read var() or light-dark(): an element resolves the token to plain rgb for it.
  function token(place, name) {
    const probe = document.createElement("i");
    probe.style.color = `var(${name})`;
    place.append(probe);
    const colour = getComputedStyle(probe).color;
    probe.remove();
    return colour;
  }

  function told() {
    const figures = document.querySelector("#pace-figures");
    return figures && JSON.parse(figures.textContent);
  }

  function draw() {
    const place = document.querySelector("#pace"), { at, answers, label, time } = told() ?? {};
    if (!place || !at || !window.uPlot) return;
    if (plot && drawnIn === place && place.contains(plot.root)) { plot.setData([at, answers]); return; }
    plot?.destroy();
    const bar = token(place, "--chart-1"), ink = token(place, "--muted"), grid = token(place, "--line");
    const axis = { stroke: ink, grid: { stroke: grid, width: 1 }, ticks: { stroke: grid, width: 1 }, font: "13px system-ui" };
    plot = new uPlot({
      width: place.clientWidth,
      height: place.clientHeight,
      scales: { x: { range: () => [at[0], at[at.length - 1] + 3600] }, y: { range: (_, _low, high) => [0, Math.max(4, high * 1.05)] } },
      axes: [
        { ...axis, grid: { show: false }, space: 70, values: (_, splits) => splits.map((moment) => {
          const date = new Date(moment * 1000);
          return date.getHours() === 0
            ? date.toLocaleDateString(document.documentElement.lang, { day: "numeric", month: "short" })
            : date.toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
        }) },
        { ...axis, size: 56, values: (_, splits) => splits.map((n) => (Number.isInteger(n) ? n.toLocaleString(document.documentElement.lang) : "")) },
      ],
      series: [{ label: time }, { label, fill: bar, stroke: bar, width: 0, paths: uPlot.paths.bars({ size: [0.8, 40], align: 1 }), points: { show: false } }],
      legend: { show: false },
      cursor: { show: false },
    }, [at, answers], place);
    drawnIn = place;
  }

  function redraw() {
    plot?.destroy();
    plot = null;
    draw();
  }

  draw();
  document.addEventListener("htmx:afterSettle", (event) => { if (event.target.id === "campaign-live") draw(); });
  addEventListener("themechange", redraw);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  let width = innerWidth;
  addEventListener("resize", () => { if (innerWidth !== width) { width = innerWidth; redraw(); } });
})();
