// Debian's Chromium, driven by playwright-core, with nothing that reaches beyond this computer.

import { createRequire } from "node:module";

const require = createRequire(`${process.cwd()}/build/node/`);
const { chromium } = require("playwright-core");

export const launch = () =>
  chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
