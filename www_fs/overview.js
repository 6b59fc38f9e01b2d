// The first page: what the device is, how long it has been up, its heap and its modules.

import { $, device, setText } from "./app.js";

const HISTORY_MS = 5 * 60 * 1000;
const HISTORY_MIN_MS = 30 * 1000; // the curve starts with this width and grows with the time
const WIDTH = 300; // of the curve's viewBox
const HEIGHT = 80;
const MARGIN = 6;

const GAP_MS = 8000; // without an answer for so long the curve is broken

const history = []; // {at, used}
let bootedAt = null; // in performance.now() time; null while uptime stands still

// 81234 → "79.3 KiB"
function bytes(count) {
  if (!Number.isFinite(count)) return "–";
  const units = ["B", "KiB", "MiB"];
  let unit = 0;
  while (count >= 1000 && unit < 2) {
    count /= 1024;
    unit += 1;
  }
  return `${count.toFixed(unit && count < 100 ? 1 : 0)} ${units[unit]}`;
}

// 273129 → "3 d 03:52:09"
function duration(seconds) {
  const pair = (value) => String(Math.floor(value)).padStart(2, "0");
  const days = Math.floor(seconds / 86400);
  const clock = [(seconds / 3600) % 24, (seconds / 60) % 60, seconds % 60].map(pair).join(":");
  return days ? `${days} d ${clock}` : clock;
}

function span(milliseconds) {
  const seconds = Math.round(milliseconds / 1000);
  return seconds < 120 ? `last ${seconds} s` : `last ${Math.round(seconds / 60)} min`;
}

function showFacts(status) {
  setText("name", status.name || "modcore");
  setText("board", status.board || "–");
  setText("version", status.version || "–");
  setText("micropython", status.micropython || "–");
  setText("reset-cause", status.reset_cause || "–");
}

// The device counts whole seconds, so an answer says "at least so long". The earliest start that any
// answer allows is kept, or the clock would jump to and fro; two seconds off means another start.
function syncUptime(status) {
  const start = performance.now() - status.uptime_s * 1000;
  const drift = bootedAt === null ? Infinity : Math.abs(start - bootedAt);
  bootedAt = drift > 2000 ? start : Math.min(start, bootedAt);
  showUptime();
}

function showUptime() {
  if (bootedAt !== null) setText("uptime", duration((performance.now() - bootedAt) / 1000));
}

function showHeap({ used, free }) {
  const total = used + free;
  const percent = (100 * used) / total || 0;
  const rounded = percent > 0 && percent < 10 ? percent.toFixed(1) : percent.toFixed(0);
  const bar = $("heap-bar");
  setText("heap-used", bytes(used));
  setText("heap-free", bytes(free));
  setText("heap-total", bytes(total));
  setText("heap-percent", `${rounded} %`);
  bar.setAttribute("aria-valuenow", rounded);
  bar.setAttribute("aria-valuetext", `${bytes(used)} of ${bytes(total)} used`);
  bar.dataset.level = percent >= 90 ? "high" : "normal";
  bar.style.setProperty("--used", `max(0.375rem, ${percent}%)`); // a little is still to be seen
}

function keepHistory(used, total) {
  const now = performance.now();
  history.push({ at: now, used });
  while (history[0].at < now - HISTORY_MS) history.shift();
  showHistory(now, total);
}

function showHistory(now, total) {
  const known = history.map((sample) => sample.used);
  const low = Math.min(...known);
  const peak = Math.max(...known);
  const width = Math.max(now - history[0].at, HISTORY_MIN_MS);
  // A flat heap shall look flat: at least half a percent of the heap is shown from top to bottom.
  const range = Math.max(peak - low, total / 200, 1);
  const base = (low + peak - range) / 2;
  const x = (sample) => (WIDTH - 4 - ((WIDTH - 4) * (now - sample.at)) / width).toFixed(1);
  const y = (sample) =>
    (HEIGHT - MARGIN - ((HEIGHT - 2 * MARGIN) * (sample.used - base)) / range).toFixed(1);

  const runs = [];
  history.forEach((sample, i) => {
    if (!i || sample.at - history[i - 1].at > GAP_MS) runs.push([]);
    runs.at(-1).push(sample);
  });
  const points = (run) => run.map((sample) => `${x(sample)} ${y(sample)}`).join("L");
  const line = runs.map((run) => `M${points(run)}`).join("");
  const area = runs.map((run) => `M${x(run[0])} ${HEIGHT}L${points(run)}V${HEIGHT}Z`).join("");
  const last = history.at(-1);
  const chart = $("history");
  chart.querySelector(".line").setAttribute("d", line);
  chart.querySelector(".area").setAttribute("d", area);
  chart.querySelector(".now").setAttribute("d", `M${x(last)} ${y(last)}h0`);
  chart.setAttribute("aria-label", `Heap used: low ${bytes(low)}, peak ${bytes(peak)}`);
  setText("history-span", span(width));
  setText("history-low", bytes(low));
  setText("history-peak", bytes(peak));
}

function element(tag, className, text) {
  const node = document.createElement(tag);
  node.className = className;
  node.textContent = text;
  return node;
}

function moduleItem({ name, state, reason }) {
  const item = element("li", "", "");
  item.dataset.state = state;
  item.append(element("span", "module", name), element("span", "badge", state));
  if (reason) item.append(element("p", "reason", reason));
  return item;
}

// The list is made anew only when it differs, so that a selection in it survives.
let shownModules = "";

function showModules(modules) {
  const key = JSON.stringify(modules);
  if (key === shownModules) return;
  shownModules = key;
  const failed = modules.filter((module) => module.state === "failed");
  const others = modules.filter((module) => module.state !== "failed");
  const running = others.filter((module) => module.state === "running").length;
  const all = running === modules.length;
  const count = all ? "All modules running" : `${running} of ${modules.length} modules running`;
  $("health").dataset.state = failed.length ? "failed" : all ? "running" : "start";
  setText("health-text", failed.length ? `${failed.length} failed · ${count}` : count);
  setText("module-count", String(modules.length));
  $("modules").replaceChildren(...[...failed, ...others].map(moduleItem));
}

device.addEventListener("status", ({ detail: status }) => {
  showFacts(status);
  syncUptime(status);
  showHeap(status.heap);
  keepHistory(status.heap.used, status.heap.used + status.heap.free);
  showModules(status.modules);
});

device.addEventListener("lost", () => {
  bootedAt = null;
});

setInterval(showUptime, 250);
