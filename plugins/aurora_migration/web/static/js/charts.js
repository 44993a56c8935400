// Throughput and lag over time.
import { el, fill, say } from "./dom.js";
import { duration, rate, short, size } from "./format.js";

const HEIGHT = 170;
const POWERS = Array.from({ length: 50 }, (_, power) => 2 ** power);

/** A chart with a caption: `update(data)` takes {times, series: [[…], …], caption} or null. */
function figure(Chart, name, missing, options) {
  const caption = el("span", { class: "muted small" });
  const plot = el("div", { class: "plot" });
  const node = el("figure", { class: "chart card" }, el("figcaption", {}, el("h2", {}, name), caption), plot);
  let chart = null;
  let shown = null;

  function draw() {
    chart?.destroy();
    chart = null;
    if (!Chart || !shown || shown.times.length < 2) {
      fill(plot, el("div", { class: "plot-empty" }, Chart ? missing : "Not drawn: the chart library is missing."));
      return;
    }
    fill(plot);
    chart = new Chart({ ...options(colours()), width: Math.max(200, plot.clientWidth), height: HEIGHT }, data(), plot);
    plot.querySelector("canvas")?.setAttribute("aria-hidden", "true");
  }

  function data() {
    return [shown.times, ...shown.series];
  }

  function update(next) {
    const longer = chart && next && next.times.length >= 2;
    shown = next;
    say(caption, next?.caption ?? "");
    node.setAttribute("aria-label", `${name}. ${next?.caption ?? missing}`);
    if (longer) chart.setData(data());
    else draw();
  }

  new ResizeObserver(() => {
    if (chart && plot.clientWidth) chart.setSize({ width: plot.clientWidth, height: HEIGHT });
  }).observe(plot);
  document.addEventListener("colour-mode", draw);
  return { node, update };
}

function colours() {
  const style = getComputedStyle(document.documentElement);
  const of = (name) => style.getPropertyValue(`--${name}`).trim();
  return {
    one: of("chart-1"),
    oneFill: of("chart-1-fill"),
    two: of("chart-2"),
    text: of("fg-muted"),
    grid: of("border"),
  };
}

function axis(colour, more = {}) {
  return {
    stroke: colour.text,
    font: '11px Inter, "Segoe UI", sans-serif',
    grid: { stroke: colour.grid, width: 1 },
    ticks: { stroke: colour.grid, width: 1, size: 4 },
    ...more,
  };
}

/** Moments in UTC, by the day or the second as the span asks for it. */
function timeAxis(colour) {
  return axis(colour, {
    incrs: [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 604800],
    space: 70,
    size: 34,
    values: (chart, marks) => marks.map((mark) => clock(mark, chart.scales.x.max - chart.scales.x.min)),
  });
}

function clock(seconds, span) {
  if (seconds === null) return "–";
  const text = new Date(seconds * 1000).toISOString();
  if (span > 5 * 86400) return text.slice(5, 10);
  return span > 86400 ? text.slice(5, 16).replace("T", " ") : span > 1800 ? text.slice(11, 16) : text.slice(11, 19);
}

const moments = { label: "UTC", value: (_, seconds) => clock(seconds, 0) };

export function throughputChart(Chart) {
  const steps = Chart?.paths.stepped({ align: 1 });
  const chart = figure(
    Chart,
    "Throughput",
    "Nothing to draw: this run has loaded nothing, or for a moment only.",
    (colour) => ({
      scales: { x: { time: false }, rows: { range: fromZero }, bytes: { range: fromZero } },
      axes: [
        timeAxis(colour),
        axis(colour, { scale: "rows", size: 58, values: (_, marks) => marks.map((mark) => short(mark)) }),
        axis(colour, {
          scale: "bytes",
          side: 1,
          size: 66,
          incrs: POWERS,
          grid: { show: false },
          values: (_, marks) => marks.map((mark) => size(mark)),
        }),
      ],
      series: [
        moments,
        {
          label: "rows/s",
          scale: "rows",
          stroke: colour.one,
          fill: colour.oneFill,
          width: 1.75,
          paths: steps,
          points: { show: false },
          value: (_, value) => rate(value),
        },
        {
          label: "bytes/s",
          scale: "bytes",
          stroke: colour.two,
          width: 1.25,
          paths: steps,
          points: { show: false },
          value: (_, value) => (value === null ? "–" : size(value)),
        },
      ],
    }),
  );
  return {
    node: chart.node,
    update(found) {
      if (!found) return chart.update(null);
      const most = Math.max(...found.rows_per_second);
      return chart.update({
        // the last step gets its width, too
        times: [...found.times, found.times.at(-1) + found.bucket_seconds],
        series: [padded(found.rows_per_second), padded(found.bytes_per_second)],
        caption: `in steps of ${duration(found.bucket_seconds)}, at most ${rate(most)} rows/s`,
      });
    },
  };
}

export function lagChart(Chart) {
  const chart = figure(Chart, "Lag behind the source", "No samples of the lag yet.", (colour) => ({
    scales: { x: { time: false }, lag: { range: fromZero } },
    axes: [
      timeAxis(colour),
      axis(colour, { scale: "lag", size: 62, values: (_, marks) => marks.map((mark) => duration(mark)) }),
    ],
    series: [
      moments,
      {
        label: "lag",
        scale: "lag",
        stroke: colour.two,
        width: 1.75,
        value: (_, value) => (value === null ? "–" : duration(value)),
      },
    ],
  }));
  return {
    node: chart.node,
    update(lag) {
      // before the first sync there is nothing to draw, and to tell only where it waits for somebody
      chart.node.hidden = !lag || (lag.times.length < 2 && !lag.words);
      if (chart.node.hidden) return;
      const words = lag.words ? `${lag.state}: ${lag.words}` : lag.state;
      chart.update({ times: lag.times, series: [lag.seconds], caption: words });
    },
  };
}

function padded(values) {
  return [...values, values.at(-1)];
}

function fromZero(_, __, most) {
  return [0, most > 0 ? most * 1.08 : 1];
}
