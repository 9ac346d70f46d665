import { resolveHome } from "@strongroom/client/protocol";
import { expect, it } from "vitest";
import type { ServicePlan } from "strongroom/src/service/plan.ts";
import { serviceUnit, socketUnit } from "strongroom/src/service/systemd-text.ts";

const PLAN: ServicePlan = {
  home: resolveHome({ STRONGROOM_HOME: '/h/50%\\"$x' }),
  unit: "strongroom-0123456789abcdef",
  vault: "/h/vault",
  identity: "0123456789abcdef",
  words: ["/usr/bin/node", "/opt/a b/strongroomd.js", "--auto"],
  variables: [["STRONGROOM_HOME", '/h/50%\\"$x']],
  unset: [],
  version: "1.2.3",
};

it("names programs and folders as systemd reads them, whatever is in their names", () => {
  const unit = serviceUnit(PLAN);
  expect(unit).toContain('ExecStart="/usr/bin/node" "/opt/a b/strongroomd.js" "--auto"\n');
  expect(unit).toContain('Environment="STRONGROOM_HOME=/h/50%%\\\\\\"$x"\n');
  expect(unit).toContain("Requires=strongroom-0123456789abcdef.socket\n");
  const dollar = serviceUnit({ ...PLAN, words: ["/usr/bin/node", "/opt/$HOME/x"] });
  expect(dollar).toContain('ExecStart="/usr/bin/node" "/opt/$$HOME/x"\n');
  expect(socketUnit(PLAN, "/run/50%/x.sock")).toContain("ListenStream=/run/50%%/x.sock\n");
  const control = serviceUnit({ ...PLAN, words: ["/opt/a\rb\nc\u0085"] });
  expect(control).toContain(String.raw`ExecStart="/opt/a\x0db\x0ac\xc2\x85"`);
});

it("takes from the manager no variable that names another vault or loads foreign code", () => {
  const unit = serviceUnit({ ...PLAN, unset: ["XDG_DATA_HOME"] });
  const unset = /^UnsetEnvironment=(.*)$/mu.exec(unit)?.[1]?.split(" ");
  const foreign = ["LD_AUDIT", "NODE_OPTIONS", "NODE_TLS_REJECT_UNAUTHORIZED", "OPENSSL_CONF"];
  expect(unset).toEqual(expect.arrayContaining(["XDG_DATA_HOME", ...foreign]));
  expect(unset).not.toContain("STRONGROOM_HOME");
});

it("holds nothing back that Node needs, and leaves what follows on a lock alone", () => {
  const unit = serviceUnit(PLAN);
  expect(unit).not.toMatch(/MemoryDenyWriteExecute|PrivateTmp|ProtectSystem/u);
  expect(unit).toMatch(/^KillMode=process$/mu);
  expect(unit).toMatch(/^LimitCORE=0\nCoredumpFilter=0$/mu);
  expect(unit).toMatch(/^TimeoutStopSec=30$/mu);
  expect(socketUnit(PLAN, "/run/x.sock")).toMatch(/^SocketMode=0600\nDirectoryMode=0700$/mu);
});
