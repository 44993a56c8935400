// Numbers, sizes, durations and moments as people read them. Moments are UTC.

const WHOLE = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const SHORT = new Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: 3 });
const UNITS = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

export const NONE = "–";

export function whole(value) {
  return value === null || value === undefined ? NONE : WHOLE.format(value);
}

/** 1.2M */
export function short(value) {
  return value === null || value === undefined ? NONE : SHORT.format(value);
}

export function size(bytes) {
  if (bytes === null || bytes === undefined) return NONE;
  let unit = 0;
  let value = bytes;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${value.toFixed(unit === 0 || value >= 100 ? 0 : 1)} ${UNITS[unit]}`;
}

export function rate(perSecond) {
  if (!perSecond) return NONE;
  return perSecond < 10 ? perSecond.toFixed(1) : WHOLE.format(perSecond);
}

export function percent(fraction) {
  if (fraction === null || fraction === undefined) return NONE;
  // not 100 % before it is all
  return `${Math.floor(fraction * 1000) / 10}%`.replace(/(\d{2,})\.\d%/, "$1%");
}

export function duration(seconds) {
  if (seconds === null || seconds === undefined) return NONE;
  if (seconds < 1) return seconds <= 0 ? "0 s" : "<1 s";
  if (seconds < 60) return `${seconds < 10 && !Number.isInteger(seconds) ? seconds.toFixed(1) : Math.round(seconds)} s`;
  const total = Math.round(seconds);
  const days = Math.floor(total / 86400);
  const hours = Math.floor((total % 86400) / 3600);
  const minutes = Math.floor((total % 3600) / 60);
  if (days) return `${days} d ${hours} h`;
  if (hours) return `${hours} h ${String(minutes).padStart(2, "0")} min`;
  return `${minutes} min ${String(total % 60).padStart(2, "0")} s`;
}

export function between(from, to) {
  if (!from) return null;
  return ((to ? new Date(to) : new Date()) - new Date(from)) / 1000;
}

/** 2026-01-31 12:00:00 */
export function moment(text) {
  return text ? text.slice(0, 19).replace("T", " ") : NONE;
}

/** The time of day, and the day where it is not today's. */
export function shortMoment(text) {
  if (!text) return NONE;
  const today = new Date().toISOString().slice(0, 10);
  return text.startsWith(today) ? text.slice(11, 19) : moment(text);
}

export function many(count, one, several = `${one}s`) {
  return `${whole(count)} ${count === 1 ? one : several}`;
}

export function title(name) {
  const text = name.replaceAll("-", " ").replaceAll("_", " ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}
