// What Chromium makes of a file's parts, and of a file that it has already.
//
// node ranges.mjs URL: prints what it saw as JSON.

import { launch } from "../support/browser.mjs";

const [url] = process.argv.slice(2);
const browser = await launch();
const page = await browser.newPage();
await page.goto(url);
const seen = await page.evaluate(async () => {
  const get = async (headers, cache) => {
    const answer = await fetch("/big.bin", { headers, cache });
    return [answer, new Uint8Array(await answer.arrayBuffer())];
  };
  const [part, bytes] = await get({ Range: "bytes=100-199" }, "no-store");
  const [beyond] = await get({ Range: "bytes=40000-" }, "no-store");
  const [whole, all] = await get({}, "default");
  performance.clearResourceTimings();
  const [, again] = await get({}, "no-cache");
  const entry = performance.getEntriesByType("resource").at(-1);
  return {
    part: { status: part.status, length: bytes.length, first: bytes[0] },
    beyond: beyond.status,
    whole: { status: whole.status, length: all.length },
    again: { length: again.length, transferred: entry.transferSize },
  };
});
await browser.close();
console.log(JSON.stringify(seen));
