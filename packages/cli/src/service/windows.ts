import { userInfo } from "node:os";
import { join } from "node:path";
import type { Manager } from "./manager.ts";
import type { ServicePlan } from "./plan.ts";
import { demandTool, runTool } from "./tool.ts";
import { xmlText } from "./xml-text.ts";

/** The task scheduler of Windows, which starts a daemon when its user logs on. */
export class Windows implements Manager {
  readonly kind = "windows";

  files(plan: ServicePlan): ReturnType<Manager["files"]> {
    // schtasks reads what it writes itself, which is UTF-16.
    const content = Buffer.from(`\uFEFF${task(plan)}`, "utf16le");
    return [{ path: join(plan.home.config, `${plan.unit}.task.xml`), content }];
  }

  supervision({ unit, vault }: ServicePlan): ReturnType<Manager["supervision"]> {
    return { kind: "windows", unit, vault };
  }

  demand(): void {
    demandTool(["schtasks", "/query", "/fo", "csv", "/nh"]);
  }

  activate(plan: ServicePlan): void {
    for (const { path } of this.files(plan)) {
      demandTool(["schtasks", "/create", "/tn", plan.unit, "/xml", path, "/f"]);
    }
    runTool(["schtasks", "/end", "/tn", plan.unit]);
    demandTool(["schtasks", "/run", "/tn", plan.unit]);
  }

  deactivate({ unit }: ServicePlan): void {
    runTool(["schtasks", "/end", "/tn", unit]);
    runTool(["schtasks", "/delete", "/tn", unit, "/f"]);
  }

  forget(): void {}

  state({ unit }: ServicePlan): ReturnType<Manager["state"]> {
    const { said, status } = runTool(["schtasks", "/query", "/tn", unit, "/fo", "csv", "/nh"]);
    const says = status === 0 ? (said.split(",").at(-1)?.replaceAll('"', "") ?? "") : "no task";
    return { isReady: status === 0, says };
  }
}

/** Task Scheduler schema 1.2 (MS-TSCH, section 2.5); a task has no variables of its own. */
function task({ home, unit, variables, version, words }: ServicePlan): string {
  const { username } = userInfo();
  const set = variables.filter(([name]) => name === "STRONGROOM_HOME");
  const command = [
    ...set.map(([name, value]) => `set "${name}=${value}"`),
    words.map(word).join(" "),
  ];
  return `<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo>
    <Description>Written by strongroom ${version}: the daemon of ${xmlText(home.vault)}</Description>
    <URI>\\${xmlText(unit)}</URI>
  </RegistrationInfo>
  <Triggers>
    <LogonTrigger><Enabled>true</Enabled><UserId>${xmlText(username)}</UserId></LogonTrigger>
  </Triggers>
  <Principals>
    <Principal id="Author">
      <UserId>${xmlText(username)}</UserId>
      <LogonType>InteractiveToken</LogonType>
      <RunLevel>LeastPrivilege</RunLevel>
    </Principal>
  </Principals>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>
    <Hidden>true</Hidden>
    <RestartOnFailure><Interval>PT1M</Interval><Count>3</Count></RestartOnFailure>
  </Settings>
  <Actions Context="Author">
    <Exec>
      <Command>%SystemRoot%\\System32\\cmd.exe</Command>
      <Arguments>${xmlText(`/d /s /c "${command.join(" & ")}"`)}</Arguments>
    </Exec>
  </Actions>
</Task>
`;
}

function word(text: string): string {
  return `"${text}"`;
}
