// Opens the dashboard in Debian's Chromium and tells, as JSON, what a user would see.
//
// node page.mjs URL FOLDER: screenshots go to FOLDER.

import { launch } from "../support/browser.mjs";

const [url, folder] = process.argv.slice(2);
const browser = await launch();
const seen = { pages: [], messages: [], outside: [] };
for (const colorScheme of ["light", "dark"]) {
  for (const width of [360, 768, 1440]) {
    const context = await browser.newContext({ colorScheme, viewport: { width, height: 900 } });
    const page = await context.newPage();
    page.on("console", (message) => seen.messages.push(message.text()));
    page.on("pageerror", (error) => seen.messages.push(String(error)));
    page.on("request", (request) => {
      if (!request.url().startsWith(url)) seen.outside.push(request.url());
    });
    await page.goto(url);
    await page.getByText("repl").first().waitFor();
    await page.screenshot({ path: `${folder}/overview-${colorScheme}-${width}.png`, fullPage: true });
    seen.pages.push({
      colorScheme,
      width,
      title: await page.title(),
      text: await page.locator("body").innerText(),
      overflow: await page.evaluate(() => document.documentElement.scrollWidth > innerWidth),
    });
    await context.close();
  }
}
const page = await browser.newPage();
const missing = await page.goto(`${url}/nothing-here`);
seen.missing = { status: missing.status(), text: await page.locator("body").innerText() };
await browser.close();
console.log(JSON.stringify(seen));
