// What Debian's Chromium keeps of a device's cookies: prints JSON.
//
// node cookies.mjs enter URL STATE NAME PASSWORD: logs in, to stay so; STATE is a file for what is kept when the browser ends.
// node cookies.mjs again URL STATE: the same browser, started anew.

import { readFileSync, writeFileSync } from "node:fs";
import { launch } from "../support/browser.mjs";

const [what, url, state, name, password] = process.argv.slice(2);
const browser = await launch();
const context = await browser.newContext({ ignoreHTTPSErrors: true });
if (what === "again") await context.addCookies(JSON.parse(readFileSync(state)));
const page = await context.newPage();
const text = async (path) => {
  await page.goto(url + path);
  return page.locator("body").innerText();
};
const kept = async () =>
  (await context.cookies()).sort((one, other) => (one.name < other.name ? -1 : 1));
const seen = {};

await page.goto(`${url}/who`);
if (what === "enter") {
  await page.getByLabel("Name").fill(name);
  await page.getByLabel("Password").fill(password);
  await page.getByLabel("Stay logged in").check();
  await page.getByRole("button", { name: "Log in" }).click();
  await page.waitForURL(`${url}/who`);
}
seen.who = await page.locator("body").innerText();
seen.cookies = await kept();
seen.script = await page.evaluate(() => document.cookie);
if (what === "enter") {
  writeFileSync(state, JSON.stringify(seen.cookies.filter((cookie) => cookie.expires > 0)));
  await text("/set");
  seen.set = await kept();
  seen.visible = await page.evaluate(() => document.cookie.split("; ").sort());
  seen.sent = JSON.parse(await text("/cookies"));
  await text("/delete");
  seen.left = await kept();
}
await browser.close();
console.log(JSON.stringify(seen));
