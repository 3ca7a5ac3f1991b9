// Draws the learning curve: the chosen metric over the number of training labels, with its interval.
(() => {
  const place = document.querySelector("#curve");
  const figures = document.querySelector("#curve-figures");
  if (!place || !figures || !window.uPlot) return;
  const { points, metrics, labels, interval } = JSON.parse(figures.textContent);
  const choice = document.querySelector("#curve-metric");
  let plot = null;

  // A canvas cannot read var() or light-dark(): an element resolves the token to plain rgb for it.
  function token(name) {
    const probe = document.createElement("i");
    probe.style.color = `var(${name})`;
    place.append(probe);
    const colour = getComputedStyle(probe).color;
    probe.remove();
    return colour;
  }
  const faint = (colour) => colour.replace(/^rgb\(([^)]+)\)$/, "rgba($1, 0.18)");
  const short = (value) => (value == null ? "–" : value.toFixed(2));
  const size = () => ({ width: place.clientWidth, height: place.clientWidth < 500 ? 240 : 300 });

  function draw() {
    const metric = choice.value;
    const measured = points.filter((point) => point[metric]);
    const column = (index) => measured.map((point) => point[metric][index]);
    const columns = [measured.map((point) => point.labels), column(0), column(1), column(2)];
    const line = token("--chart-1"), ink = token("--muted"), grid = token("--line");
    const axis = { stroke: ink, grid: { stroke: grid, width: 1 }, ticks: { stroke: grid, width: 1 }, font: "13px system-ui" };
    const edge = { stroke: "transparent", points: { show: false } };
    const spread = (value, at) => (value == null || columns[2][at] == null ? short(value) : `${short(value)} (${short(columns[2][at])}–${short(columns[3][at])})`);
    plot?.destroy();
    plot = new uPlot({
      ...size(),
      scales: {
        x: { time: false, range: (_, low, high) => (low === high ? [low * 0.8, high * 1.2 + 1] : [low, high]) },
        y: { range: (_, low, high) => [Math.max(0, Math.floor(low * 10 - 0.5) / 10), Math.min(1, Math.ceil(high * 10 + 0.5) / 10)] },
      },
      axes: [{ ...axis, label: labels, labelFont: "13px system-ui", labelSize: 24 }, { ...axis, size: 48 }],
      series: [
        { label: labels },
        { label: metrics[metric], stroke: line, width: 2, points: { show: true, size: 7, fill: line }, value: (_, value, _series, at) => spread(value, at) },
        { ...edge, label: interval },
        { ...edge, label: interval },
      ],
      bands: [{ series: [3, 2], fill: faint(line) }],
      cursor: { y: false },
    }, columns, place);
  }

  draw();
  choice.addEventListener("change", draw);
  addEventListener("themechange", draw);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  new ResizeObserver(() => {
    if (plot && plot.width !== place.clientWidth) plot.setSize(size());
  }).observe(place);
})();
