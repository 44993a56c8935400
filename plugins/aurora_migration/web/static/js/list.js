// All migrations: newest run, phase, how far, lag, verdict.
import { get } from "./api.js";
import { badge, bar, el, fill, say } from "./dom.js";
import { duration, many, moment, NONE, percent, shortMoment, size, title, whole } from "./format.js";
import { refused } from "./notices.js";
import { poll } from "./polling.js";
import { toneOf } from "./states.js";

const COLUMNS = ["Migration", "Newest run", "Phase", "Loaded", "Verified", "Lag", "Verdict"];

export function showList(page) {
  const status = el("span", { class: "pulse", role: "status" });
  const body = el("tbody");
  const broken = el("div");
  const table = el(
    "div",
    { class: "card scroll" },
    el(
      "table",
      { class: "plain" },
      el("caption", { class: "unseen" }, "Migrations"),
      el(
        "thead",
        {},
        el(
          "tr",
          {},
          COLUMNS.map((name) => el("th", { scope: "col" }, name)),
        ),
      ),
      body,
    ),
  );
  const place = el("div", {}, el("p", { class: "loading", role: "status" }, "Loading…"));
  fill(page, el("header", { class: "head" }, el("h1", { class: "grow" }, "Migrations"), status), broken, place);

  poll(async () => {
    let answer;
    try {
      answer = await get("migrations");
    } catch (error) {
      status.classList.remove("live");
      if (body.childElementCount) fill(broken, refused(error));
      else fill(place, refused(error));
      return false;
    }
    fill(broken);
    const focused = document.activeElement?.dataset?.migration;
    fill(body, answer.migrations.map(row));
    fill(place, answer.migrations.length ? table : none());
    if (focused) body.querySelector(`[data-migration="${CSS.escape(focused)}"]`)?.focus();
    const active = answer.migrations.filter((one) => one.run?.active).length;
    status.classList.toggle("live", active > 0);
    say(status, active ? `${many(active, "run")} going on` : many(answer.migrations.length, "migration"));
    return active > 0 || answer.migrations.some((one) => one.target.state === "slow");
  });
}

function none() {
  return el(
    "div",
    { class: "empty" },
    el("p", {}, "There is no migration yet, or none that you may read."),
    el(
      "p",
      { class: "small" },
      "A migration is a file in include/migrations; example.yaml.template explains every key.",
    ),
  );
}

function row(one) {
  const { migration, totals } = one;
  return el(
    "tr",
    {},
    el(
      "td",
      {},
      el(
        "a",
        { class: "name", href: `?migration=${encodeURIComponent(migration.name)}`, "data-migration": migration.name },
        migration.name,
      ),
      el("div", { class: "muted small about" }, migration.description || `${migration.type}, engine ${migration.engine}`),
    ),
    el("td", {}, run(one.run)),
    el("td", {}, phase(one)),
    el("td", {}, loaded(totals, one.target)),
    el(
      "td",
      { class: "number" },
      totals?.ranges_verified ? percent(Math.min(1, totals.ranges_verified / totals.ranges)) : NONE,
    ),
    el("td", { class: "number" }, one.lag_seconds === null ? NONE : duration(one.lag_seconds)),
    el("td", {}, verdict(one)),
  );
}

function run(run) {
  if (!run) return el("span", { class: "muted" }, "never run");
  return [
    el("div", {}, badge(run.state, toneOf(run.state)), " ", run.kind),
    el(
      "div",
      { class: "muted small number", title: `${moment(run.started_at)} UTC` },
      `${shortMoment(run.started_at)} UTC`,
    ),
  ];
}

function phase(one) {
  if (one.phase === null) return NONE;
  const word = title(one.phase.phase);
  return one.phase.state === "success" ? word : [word, " ", badge(one.phase.state, toneOf(one.phase.state))];
}

function loaded(totals, target) {
  if (target.state !== "ok" && totals === null) return el("span", { class: "small" }, target.message);
  if (totals === null) return NONE;
  const fraction = totals.row_estimate ? totals.rows / totals.row_estimate : 1;
  return [
    el(
      "div",
      { class: "number" },
      `${percent(fraction)} `,
      el("span", { class: "muted" }, `of ${many(totals.tables, "table")}`),
    ),
    bar(fraction, "loaded", fraction >= 1 ? "good" : ""),
    el("div", { class: "muted small number" }, `${whole(totals.rows)} rows, ${size(totals.bytes)}`),
    target.state !== "ok" && el("div", { class: "small" }, target.message),
  ];
}

function verdict(one) {
  if (!one.verdict) return NONE;
  const worst = one.counts.unexplained ? `, ${many(one.counts.unexplained, "difference")}` : "";
  return badge(title(one.verdict) + worst, toneOf(one.verdict));
}
