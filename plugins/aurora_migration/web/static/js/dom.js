// Elements without HTML: whatever comes from a server becomes a text node.

/** An element with attributes and children; a string is text, null and false are left out. */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) set(node, name, value);
  node.append(...shown(children));
  return node;
}

function set(node, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
  else node.setAttribute(name, value === true ? "" : value);
}

/** Put children in place of those that are there. */
export function fill(node, ...children) {
  node.replaceChildren(...shown(children));
  return node;
}

/** Children of any depth, without those that are not there. */
function shown(children) {
  return children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false);
}

/** Set the text only if it changed, so that screen readers and selections are left in peace. */
export function say(node, text) {
  if (node.textContent !== text) node.textContent = text;
  return node;
}

const SVG = "http://www.w3.org/2000/svg";
const ICONS = {
  check: "M5 12.500 10 17 19 7.500",
  cross: "M7 7 17 17M17 7 7 17",
  dash: "M6 12h12",
  dot: "M12 12h.01",
  warning: "M12 7v6M12 16.500v.01",
  person: "M12 8a2.500 2.500 0 1 1 0 .01M7 18c.500-3 2.500-4.500 5-4.500s4.500 1.500 5 4.500",
  out: "M9 6h9v9M18 6 7 17",
};

/** A line icon that takes the colour of the text. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

/** A bar that is filled to a fraction (0 to 1, or null: not known). */
export function bar(fraction, label, tone = "") {
  const filled = el("span", { class: "bar-fill" });
  filled.style.width = `${(100 * Math.max(0, Math.min(1, fraction ?? 0))).toFixed(2)}%`;
  const now = fraction === null ? null : Math.round(100 * fraction);
  return el(
    "span",
    {
      class: `bar ${tone}`,
      role: "progressbar",
      "aria-valuemin": 0,
      "aria-valuemax": 100,
      "aria-valuenow": now,
      "aria-label": label,
    },
    filled,
  );
}

/** A word on a coloured ground; the word alone carries the meaning. */
export function badge(text, tone) {
  return el("span", { class: `badge ${tone}` }, text);
}
