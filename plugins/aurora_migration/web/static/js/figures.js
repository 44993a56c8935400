// A run in figures.
import { bar, el, fill } from "./dom.js";
import { between, duration, many, NONE, percent, rate, short, size, whole } from "./format.js";

export function figures() {
  const node = el("dl", { class: "figures card", "aria-label": "The run in figures" });

  function update({ run, totals, counts, lag, throughput, cutover }) {
    // what a run that wrote nothing would show is another run's
    node.hidden = !run || !(run.recorded || run.active);
    if (node.hidden) return;
    fill(
      node,
      rows(totals),
      (throughput || (run.active && run.kind === "migrate")) && speed(run, totals, throughput),
      tables(totals),
      verified(totals),
      findings(counts),
      differences(run, counts),
      lag && behind(lag),
      cutover && withoutWrites(cutover),
      figure(
        "Duration",
        duration(between(run.started_at, run.finished_at ?? (run.active ? null : run.started_at))),
        run.active ? "so far" : run.kind,
      ),
    );
  }

  return { node, update };
}

function figure(name, value, more, tone = "", extra = null) {
  return el(
    "div",
    {},
    el("dt", {}, name),
    el("dd", { class: `value ${tone}` }, value),
    el("dd", { class: "more" }, more || "\u00a0"),
    extra,
  );
}

function withoutWrites(cutover) {
  if (!cutover.blocked_at) return figure("Without writes", NONE, cutover.write_block);
  const seconds = cutover.downtime_seconds ?? between(cutover.blocked_at, null);
  return figure("Without writes", duration(seconds), cutover.opened_at ? cutover.write_block : "so far");
}

function rows(totals) {
  if (!totals) return figure("Rows", NONE, "");
  const fraction = totals.row_estimate ? totals.rows / totals.row_estimate : 1;
  const done = totals.tables_loaded === totals.tables;
  const more = done ? size(totals.bytes) : `${percent(fraction)} of ≈${short(totals.row_estimate)}`;
  return figure(
    "Rows moved",
    whole(totals.rows),
    more,
    "",
    el("dd", {}, bar(fraction, "rows loaded", done ? "good" : "")),
  );
}

function speed(run, totals, throughput) {
  if (totals?.rows_per_second && run.active && totals.tables_loaded < totals.tables) {
    const left = (totals.row_estimate - totals.rows) / totals.rows_per_second;
    return figure("Rows a second", rate(totals.rows_per_second), `≈${duration(left)} to go`);
  }
  if (!throughput) return figure("Rows a second", NONE, "measuring");
  const mean = throughput.rows_per_second.reduce((sum, each) => sum + each, 0) / throughput.times.length;
  const bytes = throughput.bytes_per_second.reduce((sum, each) => sum + each, 0) / throughput.times.length;
  return figure("Rows a second", rate(mean), `${size(bytes)}/s on average`);
}

function tables(totals) {
  if (!totals) return figure("Tables loaded", NONE, "");
  return figure(
    "Tables loaded",
    `${whole(totals.tables_loaded)} of ${whole(totals.tables)}`,
    many(totals.ranges, "key range"),
  );
}

function verified(totals) {
  if (!totals?.ranges_verified) return figure("Verified", NONE, "by this run");
  const fraction = Math.min(1, totals.ranges_verified / totals.ranges);
  return figure("Verified", percent(fraction), many(totals.ranges_verified, "key range"));
}

function findings(counts) {
  const count = counts.blocker + counts.warning;
  const tone = counts.blocker ? "bad" : counts.warning ? "warn" : "";
  const name = counts.blocker ? many(counts.blocker, "blocker") : many(counts.note, "note");
  return figure("Warnings", whole(count), name, tone);
}

function differences(run, counts) {
  const known = run.recorded;
  return figure(
    "Differences",
    known ? whole(counts.unexplained) : NONE,
    `${whole(counts.on_purpose)} on purpose`,
    counts.unexplained ? "bad" : "",
  );
}

function behind(lag) {
  const stopped = lag.stopped_tables ? `${many(lag.stopped_tables, "table")} stopped` : null;
  const tone = stopped ? "bad" : lag.state === "paused" ? "warn" : "";
  return figure("Lag", duration(lag.lag_seconds), stopped ?? `${short(lag.row_changes)} changes`, tone);
}
