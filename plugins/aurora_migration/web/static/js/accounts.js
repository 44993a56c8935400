// What became of users, roles and their rights.
import { badge, el, fill } from "./dom.js";
import { many, NONE } from "./format.js";

const ACTIONS = { create: "good", merge: "good", leave: "", skip: "warn" };

/** What needs an eye first; accounts that are left out on purpose last. */
function order(one) {
  if (one.missing.length) return 0;
  if (one.action === "skip") return 4;
  return one.dropped.length ? 1 : one.changed.length ? 2 : 3;
}

export function accountList(accounts) {
  if (!accounts) {
    return el(
      "div",
      { class: "empty" },
      el("p", {}, "This run has not compared accounts, or left them alone."),
      el("p", { class: "small" }, "What was dropped or changed on purpose is listed among the differences."),
    );
  }
  const search = el("input", {
    type: "search",
    placeholder: "Filter by account or right",
    "aria-label": "Filter accounts",
    oninput: show,
  });
  const count = el("span", { class: "count muted small", role: "status" });
  const body = el("tbody");
  const sorted = [...accounts].sort((one, two) => order(one) - order(two) || (one.account < two.account ? -1 : 1));

  function show() {
    const text = search.value.trim().toLowerCase();
    const some = sorted.filter((one) => !text || JSON.stringify(one).toLowerCase().includes(text));
    fill(body, some.slice(0, 500).map(row));
    fill(count, some.length > 500 ? `the first 500 of ${many(some.length, "account")}` : many(some.length, "account"));
  }

  show();
  const heads = ["Account", "Action", "Kept", "Dropped", "Changed", "Missing"].map((name) =>
    el("th", { scope: "col" }, name),
  );
  const table = el(
    "table",
    { class: "plain" },
    el("caption", { class: "unseen" }, "Accounts"),
    el("thead", {}, el("tr", {}, heads)),
    body,
  );
  return el("div", {}, el("div", { class: "toolbar" }, search, count), el("div", { class: "card scroll" }, table));
}

function row(one) {
  return el(
    "tr",
    {},
    el(
      "td",
      {},
      el("span", { class: "mono name" }, one.account),
      one.plugin && el("div", { class: "muted small" }, one.plugin),
    ),
    el("td", {}, badge(one.action, ACTIONS[one.action] ?? ""), one.locked && [" ", badge("locked", "warn")]),
    el("td", {}, folded(one.kept, many(one.kept.length, "right"))),
    el("td", {}, changes(one.dropped)),
    el("td", {}, changes(one.changed)),
    el(
      "td",
      {},
      one.missing.length
        ? el(
            "ul",
            {},
            one.missing.map((text) => el("li", {}, badge("missing", "bad"), ` ${text}`)),
          )
        : NONE,
    ),
  );
}

function folded(texts, title) {
  if (!texts.length) return NONE;
  return el(
    "details",
    {},
    el("summary", {}, title),
    el(
      "ul",
      { class: "mono" },
      texts.map((text) => el("li", {}, text)),
    ),
  );
}

function changes(list) {
  if (!list.length) return NONE;
  return el(
    "ul",
    {},
    list.map((one) =>
      el(
        "li",
        {},
        el("span", { class: "mono" }, one.became ? `${one.what} → ${one.became}` : one.what),
        " ",
        badge(one.rule, ""),
        one.remedy && el("div", { class: "muted small" }, one.remedy),
      ),
    ),
  );
}
