// Tabs as the ARIA practices have them: arrows move, one tab is in the order of focus.
import { badge, el, fill } from "./dom.js";

/** `panels`: [{id, title, node}]. Returns {node, count(id, text, tone), show(id)}. */
export function tabs(label, panels) {
  const buttons = panels.map((panel, index) => button(panel, index));
  const list = el("div", { class: "tabs", role: "tablist", "aria-label": label, onkeydown: move }, buttons);
  const bodies = panels.map((panel) =>
    el("div", { role: "tabpanel", id: `panel-${panel.id}`, "aria-labelledby": `tab-${panel.id}` }, panel.node),
  );

  function button(panel, index) {
    return el(
      "button",
      {
        type: "button",
        role: "tab",
        id: `tab-${panel.id}`,
        "aria-controls": `panel-${panel.id}`,
        onclick: () => choose(index),
      },
      el("span", {}, panel.title),
    );
  }

  function choose(chosen, focus = false) {
    buttons.forEach((each, index) => {
      each.setAttribute("aria-selected", String(index === chosen));
      each.tabIndex = index === chosen ? 0 : -1;
      bodies[index].hidden = index !== chosen;
    });
    if (focus) buttons[chosen].focus();
    panels[chosen].shown?.();
  }

  function move(event) {
    const here = buttons.indexOf(document.activeElement);
    const there = { ArrowRight: here + 1, ArrowLeft: here - 1, Home: 0, End: buttons.length - 1 }[event.key];
    if (here < 0 || there === undefined) return;
    event.preventDefault();
    choose((there + buttons.length) % buttons.length, true);
  }

  choose(0);
  return {
    node: el("section", { "aria-label": label }, list, bodies),
    show: (id) => choose(panels.findIndex((panel) => panel.id === id)),
    count(id, text, tone = "") {
      const at = buttons[panels.findIndex((panel) => panel.id === id)];
      fill(at, at.firstChild, text ? badge(text, tone) : null);
    },
  };
}
