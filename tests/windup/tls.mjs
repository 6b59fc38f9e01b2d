// What a browser makes of a device with a certificate of its own: prints JSON.

import { launch } from "../support/browser.mjs";

const [plain, secure] = process.argv.slice(2);
const browser = await launch();
const context = await browser.newContext({ ignoreHTTPSErrors: true });
const page = await context.newPage();
await page.goto(plain);
const landed = page.url();
const details = await (await page.goto(secure)).securityDetails();
const seen = await page.evaluate(async () => ({
  secure: window.isSecureContext,
  index: await (await fetch("/")).json(),
  size: (await (await fetch("/file")).arrayBuffer()).byteLength,
}));
const strict = await (await browser.newContext()).newPage();
const refused = await strict.goto(secure).then(
  () => "",
  (error) => error.message,
);
await browser.close();
console.log(JSON.stringify({ ...seen, landed, protocol: details.protocol, refused }));
