// Findings, differences and incidents: what matters first open, what is many and minor folded.
import { badge, el, fill } from "./dom.js";
import { many, moment, title } from "./format.js";
import { toneOf } from "./states.js";

function groups(nodes, none) {
  return nodes.length ? el("div", { class: "groups" }, nodes) : el("div", { class: "empty" }, el("p", {}, none));
}

/** A group that is filled when it is first opened. */
function group(head, items, open, render, id) {
  const list = el("ul", { class: "items" });
  const box = el(
    "details",
    { class: "card", "data-group": id, open, ontoggle: fillOnce },
    el("summary", {}, head),
    list,
  );
  function fillOnce() {
    if (box.open && !list.childElementCount) fill(list, items.map(render));
  }
  fillOnce();
  return box;
}

/** Put new groups in place of old ones; what a person has opened or closed stays so. */
export function replaceGroups(place, made) {
  const was = new Map(
    [...place.querySelectorAll("details[data-group]")].map((each) => [each.dataset.group, each.open]),
  );
  fill(place, made);
  for (const each of place.querySelectorAll("details[data-group]")) {
    if (was.has(each.dataset.group)) each.open = was.get(each.dataset.group);
  }
}

function by(items, key) {
  const found = new Map();
  for (const item of items) found.set(key(item), [...(found.get(key(item)) ?? []), item]);
  return found;
}

export function findingGroups(findings, none) {
  const made = [];
  for (const severity of ["blocker", "warning", "note"]) {
    const some = findings.filter((each) => each.severity === severity);
    for (const [code, same] of by(some, (each) => each.code)) {
      const head = [
        badge(severity, toneOf(severity)),
        el("code", { class: "what" }, code),
        many(same.length, "object"),
      ];
      made.push(group(head, same, severity !== "note", finding, `${severity}-${code}`));
    }
  }
  return groups(made, none);
}

function finding(one) {
  return el(
    "li",
    {},
    el("span", { class: "subject" }, one.subject),
    el("span", { class: "text" }, one.observed),
    one.remedy && el("span", { class: "remedy" }, el("b", {}, "What to do: "), one.remedy),
  );
}

export function differenceGroups(differences, counts) {
  const open = differences.filter((each) => each.kind !== "changed on purpose");
  const meant = differences.filter((each) => each.kind === "changed on purpose");
  const made = [];
  for (const [scope, some] of by(open, (each) =>
    each.area === "rows" ? `rows of ${each.scope.replace(/#\d+$/, "")}` : each.area,
  )) {
    const head = [
      badge("differs", "bad"),
      el("span", { class: "what" }, title(scope)),
      many(some.length, "difference"),
    ];
    made.push(group(head, some, true, difference, `open-${scope}`));
  }
  for (const [rule, some] of by(meant, (each) => each.rule)) {
    const head = [
      badge("on purpose", ""),
      el("code", { class: "what" }, rule || "no rule"),
      many(some.length, "object"),
    ];
    made.push(group(head, some, false, difference, `meant-${rule}`));
  }
  const all = counts.unexplained + counts.on_purpose;
  if (all > differences.length)
    made.push(el("p", { class: "muted" }, `The first ${many(differences.length, "difference")} of ${all}.`));
  return groups(made, "No difference has been found, or nothing has been compared yet.");
}

function difference(one) {
  const kind = one.kind === "changed on purpose" ? null : badge(one.kind, toneOf(one.kind));
  return el(
    "li",
    {},
    el("span", {}, el("span", { class: "subject" }, one.subject), " ", kind),
    el("span", { class: "text" }, one.detail),
  );
}

export function incidentGroups(incidents) {
  const made = incidents.map((one) =>
    group(
      [
        badge(one.kind, one.kind === "applied" ? "good" : "warn"),
        el("span", { class: "what" }, one.scope),
        el("span", { class: "muted small number" }, `${moment(one.noted_at)} UTC`),
      ],
      [one],
      false,
      (each) =>
        el("li", {}, el("span", { class: "text" }, each.detail), each.statements && el("pre", {}, each.statements)),
      one.scope,
    ),
  );
  return groups(made, "No incident: no row of the target had to be repaired.");
}
