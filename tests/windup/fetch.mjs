// Fetches each asset of the dashboard again and again from within Chromium.
//
// node fetch.mjs URL COUNT: prints how many answers were good, as JSON.

import { launch } from "../support/browser.mjs";

const [url, count] = process.argv.slice(2);
const browser = await launch();
const page = await browser.newPage();
await page.goto(url);
const good = await page.evaluate(async (count) => {
  const paths = ["/", "/app.css", "/app.js", "/api/v1/status"];
  let good = 0;
  const worker = async () => {
    while (count-- > 0) {
      const answer = await fetch(paths[count % 4], { cache: "no-store" });
      if (answer.status === 200 && (await answer.text()).length > 100) good++;
    }
  };
  await Promise.all([worker(), worker(), worker(), worker()]);
  return good;
}, Number(count));
await browser.close();
console.log(JSON.stringify({ good }));
