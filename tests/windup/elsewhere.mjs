// What Chromium makes of cookies, downloads and answers for pages of other origins.
//
// node elsewhere.mjs URL OTHER: two origins of one device; prints what it saw, as JSON.

import { launch } from "../support/browser.mjs";

const [url, other] = process.argv.slice(2);
const browser = await launch();
const context = await browser.newContext();
const page = await context.newPage();
const seen = {};

await page.goto(`${url}/cookies`);
seen.script = await page.evaluate(() => document.cookie);
await page.goto(`${url}/echo`);
seen.echo = JSON.parse(await page.textContent("body"));
seen.jar = (await context.cookies()).map(({ name, sameSite, httpOnly }) => ({ name, sameSite, httpOnly }));
await page.goto(`${url}/forget`);
await page.goto(`${url}/echo`);
seen.left = Object.keys(JSON.parse(await page.textContent("body"))).sort();

const download = page.waitForEvent("download");
await page.goto(`${url}/log`).catch(() => {}); // a download ends the navigation
seen.download = (await download).suggestedFilename();

await page.goto(`${other}/page`);
seen.fetches = await page.evaluate(async (url) => {
  const ask = async (path, options) => {
    try {
      const answer = await fetch(url + path, options);
      return [answer.status, await answer.text(), answer.headers.get("X-Total")];
    } catch (error) {
      return error.name;
    }
  };
  const put = { method: "PUT", body: "{}", headers: { "Content-Type": "application/json" } };
  return {
    open: await ask("/open/get"),
    put: await ask("/open/put", put),
    credentials: await ask("/open/get", { credentials: "include" }),
    closed: await ask("/closed"),
    refused: await ask("/other/get"),
    lost: await ask("/open/nowhere"),
  };
}, url);

await browser.close();
console.log(JSON.stringify(seen));
