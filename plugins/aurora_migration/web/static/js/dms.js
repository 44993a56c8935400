// What AWS DMS said last: its resources, how far behind it is, and its statistics table by table.
import { get } from "./api.js";
import { badge, el, fill } from "./dom.js";
import { replaceGroups } from "./evidence.js";
import { duration, many, moment, NONE, whole } from "./format.js";

const SHOWN = 500;
const GOOD = new Set(["available", "active", "running", "complete", "connection successful"]);
const LIVE = /^(creating|modifying|starting|stopping|testing|deleting|initiali|preparing|provision|connection testing)/;
const BAD = /fail|error|incompatible|suspend|does not exist|cancel|mismatch/;

export function dmsSection() {
  const seen = el("span", { class: "muted small" });
  const groups = el("div", { class: "groups" });
  const heading = el("h2", {}, "AWS DMS ");
  const node = el("section", { "aria-label": "AWS DMS", hidden: true }, heading, groups);
  let digest = "";
  heading.append(seen);

  /** Asks only where DMS takes part; what has not changed is not sent again. */
  async function load(where, run) {
    node.hidden = !run.dms;
    if (!run.dms) return;
    const answer = await get(`${where}/dms`, { known: digest });
    if (!answer.dms) return;
    digest = answer.dms.digest;
    fill(seen, `as of ${moment(answer.dms.seen_at)} UTC`);
    replaceGroups(groups, [resources(answer.dms), statistics(answer.dms)]);
  }

  return { node, load };
}

function tone(state) {
  const text = state.toLowerCase();
  if (BAD.test(text)) return "bad";
  return GOOD.has(text) || text === "table completed" || text === "validated" ? "good" : LIVE.test(text) ? "live" : "";
}

function group(id, open, head, body) {
  return el("details", { class: "card", "data-group": id, open }, el("summary", {}, head), body);
}

function table(name, heads, rows) {
  return el(
    "div",
    { class: "scroll" },
    el(
      "table",
      { class: "plain" },
      el("caption", { class: "unseen" }, name),
      el("thead", {}, el("tr", {}, heads.map((head) => el("th", { scope: "col" }, head)))),
      el("tbody", {}, rows),
    ),
  );
}

function row(...cells) {
  return el("tr", {}, cells.map((cell) => el("td", {}, cell)));
}

function resources(dms) {
  const replication = dms.replication;
  const behind = Object.values(dms.latencies);
  const head = [
    badge(replication.status, tone(replication.status)),
    el("span", { class: "what" }, "Resources"),
    replication.stop_reason && el("code", {}, replication.stop_reason),
    behind.length > 0 && el("span", { class: "muted small number" }, `${duration(Math.max(...behind))} behind`),
  ];
  const rows = dms.resources.map((one) =>
    row(one.kind, el("span", { class: "mono" }, one.name), badge(one.state || NONE, tone(one.state)), one.detail, one.part),
  );
  const heads = ["Resource", "Name", "State", "What", "End of its ARN"];
  return group("dms-resources", true, head, table("DMS resources", heads, rows));
}

function statistics(dms) {
  const at = Object.fromEntries(dms.columns.map((name, index) => [name, index]));
  const value = (one, name) => one[at[name]];
  const bad = dms.rows.filter((one) => tone(value(one, "state")) === "bad" || value(one, "validation_failed"));
  const head = [
    bad.length > 0 && badge(many(bad.length, "table"), "bad"),
    el("span", { class: "what" }, "Table statistics"),
    el("span", { class: "muted small" }, many(dms.rows.length, "table")),
  ];
  const rows = dms.rows.slice(0, SHOWN).map((one) => {
    const refused = value(one, "rows_refused");
    const changes = value(one, "changes");
    const validation = value(one, "validation");
    const failed = value(one, "validation_failed");
    return row(
      el("span", { class: "mono" }, value(one, "table")),
      badge(value(one, "state") || NONE, tone(value(one, "state"))),
      [whole(value(one, "rows")), refused ? [" ", badge(`${whole(refused)} refused`, "bad")] : null].flat().filter(Boolean),
      `${whole(value(one, "changes_applied"))} of ${whole(changes)}`,
      failed ? badge(`${whole(failed)} differ`, "bad") : validation || NONE,
    );
  });
  const more = dms.rows.length - rows.length;
  const body = [
    table("DMS table statistics", ["Table", "State", "Rows loaded", "Changes applied", "DMS's validation"], rows),
    more > 0 && el("p", { class: "muted small" }, `and ${many(more, "table")} more`),
  ];
  return group("dms-statistics", bad.length > 0, head, el("div", {}, body));
}
