import { homedir } from "node:os";
import { join } from "node:path";
import type { Manager } from "./manager.ts";
import type { ServicePlan } from "./plan.ts";
import { demandTool, runTool } from "./tool.ts";
import { xmlText } from "./xml-text.ts";

const LAUNCHCTL = "/bin/launchctl";

/** The launchd of macOS, which keeps a daemon from the login on (launchd.plist(5)). */
export class Launchd implements Manager {
  readonly kind = "launchd";

  files(plan: ServicePlan): ReturnType<Manager["files"]> {
    const path = join(homedir(), "Library", "LaunchAgents", `${plan.unit}.plist`);
    return [{ path, content: Buffer.from(plist(plan)) }];
  }

  supervision({ unit, vault }: ServicePlan): ReturnType<Manager["supervision"]> {
    return { kind: "launchd", unit, vault };
  }

  demand(): void {
    demandTool([LAUNCHCTL, "print", domain()], "log in at the screen, where launchd serves you");
  }

  activate(plan: ServicePlan): void {
    this.deactivate(plan);
    for (const { path } of this.files(plan)) demandTool([LAUNCHCTL, "bootstrap", domain(), path]);
  }

  deactivate({ unit }: ServicePlan): void {
    runTool([LAUNCHCTL, "bootout", `${domain()}/${unit}`]);
  }

  forget(): void {}

  state({ unit }: ServicePlan): ReturnType<Manager["state"]> {
    const { said, status } = runTool([LAUNCHCTL, "print", `${domain()}/${unit}`]);
    const says = /^\s*state = (.*)$/mu.exec(said)?.[1] ?? "not loaded";
    return { isReady: status === 0, says };
  }
}

function domain(): string {
  return `gui/${process.getuid?.() ?? 0}`;
}

function string(text: string): string {
  return `<string>${xmlText(text)}</string>`;
}

function plist({ home, unit, variables, version, words }: ServicePlan): string {
  const named = variables.map(([name, value]) => `<key>${xmlText(name)}</key>${string(value)}`);
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<!-- Written by strongroom ${version}: strongroom service install | uninstall | status -->
<plist version="1.0">
<dict>
  <key>Label</key>${string(unit)}
  <key>ProgramArguments</key><array>${words.map(string).join("")}</array>
  <key>EnvironmentVariables</key><dict>${named.join("")}</dict>
  <key>RunAtLoad</key><true/>
  <key>KeepAlive</key><dict><key>SuccessfulExit</key><false/></dict>
  <key>ThrottleInterval</key><integer>30</integer>
  <key>ExitTimeOut</key><integer>30</integer>
  <key>ProcessType</key><string>Background</string>
  <key>AbandonProcessGroup</key><true/>
  <key>Umask</key><integer>63</integer>
  <key>SoftResourceLimits</key><dict><key>Core</key><integer>0</integer></dict>
  <key>HardResourceLimits</key><dict><key>Core</key><integer>0</integer></dict>
  <key>StandardErrorPath</key>${string(join(home.log, "start.log"))}
</dict>
</plist>
`;
}
