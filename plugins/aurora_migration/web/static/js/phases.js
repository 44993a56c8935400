// The phases of a run in order, with state and time; one of them can be opened.
import { el, fill, icon } from "./dom.js";
import { between, duration, many, moment, title } from "./format.js";
import { iconOf, toneOf } from "./states.js";

export function phaseStrip() {
  const list = el("ol", { class: "phases", "aria-label": "Phases" });
  const detail = el("div", { id: "phase-detail" });
  const node = el("section", { class: "card", "aria-label": "Phases of the run" }, list, detail);
  let open = null;
  let known = [];

  function update(phases) {
    known = phases;
    node.hidden = phases.length === 0;
    const focused = list.contains(document.activeElement) ? document.activeElement.dataset.phase : null;
    fill(list, phases.map(item));
    if (focused) list.querySelector(`[data-phase="${CSS.escape(focused)}"]`)?.focus();
    const shown = phases.find((phase) => phase.phase === open);
    fill(detail, shown ? facts(shown) : null);
  }

  function item(phase) {
    const tone = toneOf(phase.state);
    const took = time(phase);
    const words = `${title(phase.phase)}: ${phase.state}${took ? `, ${took}` : ""}`;
    return el(
      "li",
      { class: tone },
      el(
        "button",
        {
          type: "button",
          "data-phase": phase.phase,
          "aria-label": words,
          "aria-expanded": String(phase.phase === open),
          "aria-controls": "phase-detail",
          title: words,
          onclick: () => {
            open = open === phase.phase ? null : phase.phase;
            update(known);
          },
        },
        el("span", { class: "mark" }, icon(iconOf(phase.state))),
        el("span", { class: "name" }, title(phase.phase)),
        el("span", { class: "took" }, units(phase) ?? took ?? phase.state),
      ),
    );
  }

  return { node, update };
}

function time(phase) {
  if (!phase.started_at || ["skipped", "not run", "waiting"].includes(phase.state)) return null;
  return duration(between(phase.started_at, phase.finished_at));
}

/** Of a phase of several units that is at work: how many are done. */
function units(phase) {
  const working = phase.state === "running" || phase.state === "retrying";
  if (!working) return null;
  const paused = phase.summary.units_waiting_now;
  const done = phase.tasks > 1 ? `${phase.tasks_done} of ${phase.tasks}` : "";
  return [done, paused ? `${paused} paused` : ""].filter(Boolean).join(", ") || null;
}

function facts(phase) {
  const pairs = [
    ["Phase", title(phase.phase)],
    ["State", phase.state],
  ];
  if (phase.started_at) pairs.push(["Started", `${moment(phase.started_at)} UTC`]);
  if (phase.finished_at) pairs.push(["Ended", `${moment(phase.finished_at)} UTC`]);
  if (phase.tasks > 1) pairs.push(["Units done", `${phase.tasks_done} of ${many(phase.tasks, "unit")}`]);
  for (const [key, value] of Object.entries(phase.summary)) pairs.push([title(key), String(value ?? "–")]);
  return el(
    "dl",
    { class: "phase-detail" },
    pairs.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value))),
  );
}
