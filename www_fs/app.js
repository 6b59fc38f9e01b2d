// What every page of the dashboard shares: the conversation with the device. It asks for the status,
// shows how the connection is, and hands each answer to the page as an event on `device`:
//
//   status   event.detail is the document of GET /api/v1/status
//   lost     the device stopped answering; the values on the page are now old
//
// One lost answer is no news: it is asked for again quietly. The second one is said, and the time
// between tries then grows, so that a device that is starting is not hammered.

const POLL_MS = 2000;
const TIMEOUT_MS = 4000;
const RETRY_MS = [1000, 2000, 4000, 8000, 15000];
const QUIET_FAILURES = 1;
const RESTART_NOTICE_MS = 8000;

export const device = new EventTarget();
export const $ = (id) => document.getElementById(id);
export const setText = (id, text) => {
  if ($(id).textContent !== text) $(id).textContent = text;
};

const page = document.title.split(" · ")[0];
let name = "modcore";
let failures = 0;
let why = "";
let request = null; // the one under way; an older one that still ends is not listened to
let timer = 0;
let due = 0; // when the next try starts
let answeredAt = 0;
let uptime = 0;

async function poll() {
  clearTimeout(timer);
  request?.abort();
  const mine = (request = new AbortController());
  const deadline = setTimeout(() => mine.abort(), TIMEOUT_MS);
  const sentAt = performance.now();
  showCountdown();
  let status = null;
  let error = "";
  try {
    const response = await fetch("/api/v1/status", { cache: "no-store", signal: mine.signal });
    if (response.ok) status = await response.json();
    else error = `It answers with an error, HTTP ${response.status}.`;
  } catch (failure) {
    if (failure instanceof SyntaxError) error = "Its answer cannot be read.";
  }
  clearTimeout(deadline);
  if (mine !== request) return;
  request = null;
  if (status) answered(status, performance.now() - sentAt);
  else failed(error);
}

function schedule(delay) {
  due = performance.now() + delay;
  timer = setTimeout(poll, delay);
}

function answered(status, latency) {
  const restarted = answeredAt && status.uptime_s < uptime;
  name = status.name || name;
  uptime = status.uptime_s;
  failures = 0;
  answeredAt = performance.now();
  setText("latency", ` · last answer took ${Math.round(latency)} ms`);
  showLink("live", "Live");
  if (restarted) showRestart(status);
  else if ($("notice").dataset.kind === "lost") hideNotice();
  device.dispatchEvent(new CustomEvent("status", { detail: status }));
  schedule(POLL_MS);
}

function failed(error) {
  failures += 1;
  why = error;
  if (failures === QUIET_FAILURES + 1) {
    showLink("lost", "Reconnecting");
    device.dispatchEvent(new Event("lost"));
  }
  schedule(RETRY_MS[Math.min(failures, RETRY_MS.length) - 1]);
  if (failures > QUIET_FAILURES) showLost();
}

function showLink(state, text) {
  document.documentElement.dataset.link = state;
  setText("link-text", text);
  document.title = state === "lost" ? `No answer · ${name}` : `${page} · ${name}`;
}

function showNotice(kind, title) {
  const notice = $("notice");
  notice.dataset.kind = kind;
  notice.hidden = false;
  setText("notice-title", title);
  $("retry").hidden = kind !== "lost";
}

function hideNotice() {
  $("notice").hidden = true;
  $("notice").dataset.kind = "";
}

function showLost() {
  showNotice("lost", why ? `${name} is not well.` : `${name} does not answer.`);
  showCountdown();
}

function showRestart(status) {
  showNotice("restart", `${name} has restarted.`);
  setText("notice-text", status.reset_cause ? `Reset cause: ${status.reset_cause}.` : "");
  setTimeout(() => {
    if ($("notice").dataset.kind === "restart") hideNotice();
  }, RESTART_NOTICE_MS);
}

function showCountdown() {
  if ($("notice").dataset.kind !== "lost") return;
  const now = performance.now();
  const age = Math.round((now - answeredAt) / 1000);
  const old = age < 120 ? `${age} s` : `${Math.round(age / 60)} min`;
  const seconds = Math.ceil((due - now) / 1000);
  const said = [
    why,
    answeredAt && `The values are ${old} old.`,
    request || seconds < 1 ? "Trying again …" : `Trying again in ${seconds} s.`,
  ];
  setText("notice-text", said.filter(Boolean).join(" "));
}

function pause() {
  clearTimeout(timer);
  request?.abort();
  request = null;
}

document.addEventListener("visibilitychange", () => (document.hidden ? pause() : poll()));
addEventListener("online", () => document.hidden || poll());
$("retry").addEventListener("click", poll);
setInterval(showCountdown, 1000);
if (!document.hidden) poll();
