import { spawn } from "node:child_process";

/** What opens a page, and what it takes before it. */
const OPENERS: { readonly [platform: string]: readonly string[] } = {
  darwin: ["open"],
  linux: ["xdg-open"],
  win32: ["rundll32", "url.dll,FileProtocolHandler"],
};

/** Opens a page of the web in the browser of whoever sits here; that it cannot is no fault. */
export function openBrowser(url: string): void {
  const [program, ...args] = OPENERS[process.platform] ?? [];
  if (program === undefined || !/^https?:\/\/[!-~]+$/.test(url)) return;
  const child = spawn(program, [...args, url], { stdio: "ignore", detached: true });
  child.on("error", () => {});
  child.unref();
}
