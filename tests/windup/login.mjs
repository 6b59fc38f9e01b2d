// Logs in and out in Debian's Chromium without scripts, and tells, as JSON, what a user would see.
//
// node login.mjs URL FOLDER NAME PASSWORD: screenshots go to FOLDER.

import { launch } from "../support/browser.mjs";

const [url, folder, name, password] = process.argv.slice(2);
const browser = await launch();
const seen = { pages: [], outside: [] };

const open = async (options) => {
  const context = await browser.newContext({ javaScriptEnabled: false, ...options });
  const page = await context.newPage();
  page.on("request", (request) => {
    if (!request.url().startsWith(url)) seen.outside.push(request.url());
  });
  return [context, page];
};
const fill = async (page, password, remember) => {
  await page.getByLabel("Name").fill(name);
  await page.getByLabel("Password").fill(password);
  if (remember) await page.getByLabel("Stay logged in").check();
  await page.getByRole("button", { name: "Log in" }).click();
};

for (const colorScheme of ["light", "dark"]) {
  for (const [device, width, height] of [["phone", 360, 740], ["desktop", 1440, 900]]) {
    const [context, page] = await open({ colorScheme, viewport: { width, height } });
    await page.goto(`${url}/admin?a=b`);
    const shot = (what) =>
      page.screenshot({ path: `${folder}/${what}-${colorScheme}-${device}.png`, fullPage: true });
    await shot("login");
    const box = await page.getByRole("button").boundingBox();
    await fill(page, "wrong horse", false);
    await shot("login-wrong");
    const wrong = await page.getByRole("alert").innerText();
    await fill(page, password, true);
    const inside = { url: page.url(), text: await page.locator("body").innerText() };
    const cookies = await context.cookies();
    await page.goto(`${url}/logout`);
    await shot("logout");
    await page.getByRole("button", { name: "Log out" }).click();
    await page.goto(`${url}/admin`);
    seen.pages.push({
      wrong,
      inside,
      cookies: cookies.map((c) => [c.name, c.httpOnly, c.sameSite, c.path, c.expires > 0]).sort(),
      button: box.width <= width && box.x >= 0,
      after: page.url(),
      left: (await context.cookies()).map((c) => c.name),
    });
    await context.close();
  }
}

// A browser that was closed, and stays logged in
const [context, page] = await open({});
await page.goto(`${url}/login`);
await fill(page, password, true);
await context.clearCookies({ name: "sid" });
await page.goto(`${url}/admin`);
seen.remembered = await page.locator("body").innerText();
await browser.close();
console.log(JSON.stringify(seen));
