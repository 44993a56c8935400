// The tables of a migration: thousands of them, of which only what is in sight is in the document.
import { badge, bar, el, fill, say } from "./dom.js";
import { duration, many, NONE, rate, size, whole } from "./format.js";
import { MISSING } from "./libraries.js";
import { notice } from "./notices.js";
import { toneOf } from "./states.js";

const ROW = 35;
const HEAD = 37;
const MOST = 560;

export function tableList(Tabulator, wanted) {
  const search = el("input", {
    type: "search",
    placeholder: "Filter by name",
    "aria-label": "Filter tables by name",
    oninput: filter,
  });
  search.value = wanted;
  const state = chooser("State", ["loaded", "loading", "waiting"]);
  const verdict = chooser("Verdict", ["equal", "differs", "equal value, degraded type", "not compared", "no verdict"]);
  const count = el("span", { class: "count muted small", role: "status" });
  const place = el("div");
  const empty = el("div", { class: "empty" }, el("p", {}, "No table has been planned yet."));
  const tools = el("div", { class: "toolbar" }, search, state, verdict, count);
  const node = el("div", {}, tools, place);
  let grid = null;
  let built = false;
  let height = 0;
  let known = new Map();

  function chooser(name, values) {
    const options = [
      el("option", { value: "" }, `${name}: all`),
      values.map((value) => el("option", { value }, value)),
    ];
    return el("select", { "aria-label": `Filter tables by ${name.toLowerCase()}`, onchange: filter }, options);
  }

  function fits(row) {
    const text = search.value.trim().toLowerCase();
    if (text && !row.source.toLowerCase().includes(text) && !row.target?.toLowerCase().includes(text)) return false;
    if (state.value && row.state !== state.value) return false;
    return !verdict.value || (row.verdict ?? "no verdict") === verdict.value;
  }

  function filter() {
    if (!built) return;
    if (search.value || state.value || verdict.value) grid.setFilter(fits);
    else grid.clearFilter();
    tell();
  }

  function tell() {
    const shown = built ? grid.getDataCount("active") : known.size;
    if (built && height !== heightOf(shown)) grid.setHeight((height = heightOf(shown)));
    say(count, shown === known.size ? many(known.size, "table") : `${whole(shown)} of ${many(known.size, "table")}`);
  }

  /** `answer`: names of columns and rows as the server sends them. */
  function update(answer) {
    const rows = answer.rows.map((values) =>
      Object.fromEntries(answer.columns.map((name, index) => [name, values[index]])),
    );
    const changed = rows.filter((row) => !same(known.get(row.source), row));
    const replaced = rows.length !== known.size || rows.some((row) => !known.has(row.source));
    known = new Map(rows.map((row) => [row.source, row]));
    tools.hidden = rows.length === 0;
    if (rows.length === 0) fill(place, empty);
    else if (!Tabulator) fill(place, notice(MISSING, "bad"));
    else if (!grid) build(rows);
    else if (built && replaced) grid.replaceData(rows).then(tell);
    else if (built && changed.length) refresh(changed);
    if (built) fit(rows);
    tell();
  }

  /** Columns without a value in any row take no room. */
  function fit(rows) {
    const wrong = Object.entries(needed(rows)).filter(([field, wanted]) => grid.getColumn(field).isVisible() !== wanted);
    for (const [field, wanted] of wrong) grid.getColumn(field)[wanted ? "show" : "hide"]();
    if (wrong.length) grid.redraw(true); // so that the others take the room
  }

  async function refresh(changed) {
    await grid.updateData(changed);
    // values that are sorted or filtered by may have changed
    if (grid.getSorters().length)
      grid.setSort(grid.getSorters().map((each) => ({ column: each.field, dir: each.dir })));
    if (search.value || state.value || verdict.value) grid.refreshFilter();
    tell();
  }

  function build(rows) {
    const holder = el("div", { id: "tables" });
    fill(place, holder);
    grid = new Tabulator(holder, {
      data: rows,
      index: "source",
      columns: columns(needed(rows)),
      columnDefaults: { headerSortTristate: true, titleFormatter: heading, minWidth: 80, resizable: false },
      layout: "fitColumns",
      rowHeight: ROW,
      height: (height = heightOf(rows.length)),
      placeholder: "No table fits the filter.",
    });
    grid.on("tableBuilt", () => {
      built = true;
      holder.setAttribute("aria-label", "Tables");
      filter();
      tell();
    });
  }

  return { node, update, known: () => known.size };
}

function heightOf(rows) {
  return Math.min(MOST, HEAD + ROW * Math.max(2, rows) + 4);
}

function same(one, two) {
  return one !== undefined && Object.keys(two).every((key) => one[key] === two[key]);
}

/** A button, so that the keyboard reaches it; its click goes on to the column, which sorts. */
function heading(cell) {
  return el("button", { type: "button" }, cell.getValue());
}

/** Which of the columns that are often empty have something to say. */
function needed(rows) {
  const some = (field) => rows.some((row) => row[field] !== null);
  return { rows_per_second: some("rows_per_second"), eta_seconds: some("eta_seconds"), mode: some("mode"), row_changes: some("mode") };
}

function columns(visible) {
  return [
    { title: "Table", field: "source", formatter: name, widthGrow: 3, minWidth: 150, sorter: "string" },
    { title: "Rows done", field: "rows", formatter: done, widthGrow: 2, minWidth: 170, sorter: "number" },
    number("Size", "bytes", size, 96),
    number("Rows/s", "rows_per_second", rate, 96),
    number("ETA", "eta_seconds", (value) => (value === null ? NONE : duration(value)), 88),
    { title: "State", field: "state", formatter: word, sorter: "string", width: 94 },
    { title: "Changes", field: "mode", formatter: word, sorter: "string", width: 108 },
    number("Applied", "row_changes", whole, 100),
    { title: "Verdict", field: "verdict", formatter: judged, sorter: "string", widthGrow: 2, minWidth: 120 },
  ].map((column) => ({ ...column, visible: visible[column.field] ?? true }));
}

function number(title, field, format, width) {
  return { title, field, formatter: text(format), hozAlign: "right", headerHozAlign: "right", sorter: "number", width };
}

function text(format) {
  return (cell) => document.createTextNode(format(cell.getValue()));
}

function name(cell) {
  const row = cell.getData();
  const title = row.target ? `${row.source} → ${row.target}` : row.source;
  return el(
    "span",
    { title },
    el("span", { class: "table-name" }, row.source),
    row.target && el("span", { class: "renamed" }, ` → ${row.target}`),
  );
}

function done(cell) {
  const row = cell.getData();
  const fraction = row.state === "loaded" ? 1 : row.row_estimate ? row.rows / row.row_estimate : 0;
  const of = row.state === "loaded" ? whole(row.rows) : `${whole(row.rows)} of ≈${whole(row.row_estimate)}`;
  return el(
    "span",
    { class: "done" },
    bar(Math.min(1, fraction), `${row.source} loaded`, row.state === "loaded" ? "good" : ""),
    of,
  );
}

function word(cell) {
  const value = cell.getValue();
  return value === null ? document.createTextNode(NONE) : badge(value, toneOf(value));
}

function judged(cell) {
  const row = cell.getData();
  if (row.verdict === null) return document.createTextNode(NONE);
  const chunks = row.chunks_differing ? `${row.verdict}, ${many(row.chunks_differing, "chunk")}` : row.verdict;
  const title = `${row.level}: ${whole(row.source_rows)} rows on the source, ${whole(row.target_rows)} on the target`;
  const shown = badge(chunks, toneOf(row.verdict));
  shown.title = title;
  return shown;
}
