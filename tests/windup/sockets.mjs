// WebSocket and EventSource as Debian's Chromium has them; tells as JSON what a page saw.
//
// node sockets.mjs URL

import { launch } from "../support/browser.mjs";

const [url] = process.argv.slice(2);
const browser = await launch();
const seen = { messages: [] };
const page = await browser.newPage();
page.on("pageerror", (error) => seen.messages.push(String(error)));
await page.goto(`${url}/hello`);

const live = url.replace("http", "ws");
seen.echo = await page.evaluate(async (address) => {
  const socket = new WebSocket(address);
  socket.binaryType = "arraybuffer";
  await new Promise((opened) => (socket.onopen = opened));
  const texts = ["a", "", "κόσμε €𐍈", "x".repeat(4000), "y".repeat(60000)];
  const same = [];
  for (const text of texts) {
    const answer = new Promise((came) => (socket.onmessage = (event) => came(event.data)));
    socket.send(text);
    same.push((await answer) === text);
  }
  const bytes = crypto.getRandomValues(new Uint8Array(3000));
  const answer = new Promise((came) => (socket.onmessage = (event) => came(event.data)));
  socket.send(bytes);
  const back = new Uint8Array(await answer);
  same.push(back.length === bytes.length && back.every((byte, at) => byte === bytes[at]));
  const closed = new Promise((over) => (socket.onclose = over));
  socket.close(3001, "enough");
  const { code, reason, wasClean } = await closed;
  return { same, extensions: socket.extensions, code, reason, wasClean };
}, `${live}/echo`);

seen.chat = await page.evaluate(async (address) => {
  const socket = new WebSocket(address, ["unknown", "superchat"]);
  const messages = [];
  socket.onmessage = (event) => {
    messages.push(event.data);
    socket.send("bye");
  };
  const { code, reason, wasClean } = await new Promise((over) => (socket.onclose = over));
  return { messages, protocol: socket.protocol, code, reason, wasClean };
}, `${live}/chat`);

seen.tooBig = await page.evaluate(async (address) => {
  const socket = new WebSocket(address);
  socket.onopen = () => socket.send("x".repeat(5000));
  const { code, wasClean } = await new Promise((over) => (socket.onclose = over));
  return { code, wasClean };
}, `${live}/small`);

// The stream ends after three events; the browser comes again, and says where it was
seen.count = await page.evaluate(async (address) => {
  const source = new EventSource(address);
  const found = [];
  let opened = 0;
  source.onopen = () => opened++;
  await new Promise((enough) => {
    source.onmessage = (event) => {
      found.push([event.lastEventId, JSON.parse(event.data).number]);
      if (found.length === 9) enough();
    };
  });
  source.close();
  return { found, opened };
}, `${url}/count`);

seen.lines = await page.evaluate(async (address) => {
  const source = new EventSource(address);
  const found = [];
  source.addEventListener("poem", (event) => found.push([event.lastEventId, event.data]));
  await new Promise((over) => source.addEventListener("end", over));
  source.close();
  return found;
}, `${url}/lines`);

// A page of somebody else's
await page.goto(`${url.replace("127.0.0.1", "localhost")}/hello`);
seen.foreign = await page.evaluate(async (address) => {
  const socket = new WebSocket(address);
  let opened = false;
  socket.onopen = () => (opened = true);
  const { code } = await new Promise((over) => (socket.onclose = over));
  return { opened, code };
}, `${live}/echo`);

await browser.close();
console.log(JSON.stringify(seen));
