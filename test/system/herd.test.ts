import { connect } from "@strongroom/client";
import { expect, test } from "vitest";
import { cli, discard, recordedPid, rounds, temporaryHome } from "../support/processes.ts";

test("a herd of cold CLIs on an empty home gets one daemon, and every one of them stores its secret", async () => {
  const full = rounds("herd rounds", 1, 20);
  const herd = rounds("CLIs a herd", 20, 200);
  for (let round = 0; round < full; round += 1) {
    const home = temporaryHome();
    try {
      const ends = await Promise.all(
        Array.from({ length: herd }, (_, id) =>
          cli(home, ["set", `herd/${id}`, "--timeout", "120s"], `value ${id}`),
        ),
      );
      const failures = ends.filter(({ status }) => status !== 0);
      expect(failures.map(({ stderr }) => stderr)).toEqual([]);
      const client = await connect({ home, autostart: false, timeout: "120s" });
      const pid = recordedPid(home);
      const { pid: answering, secrets } = await client.status();
      expect(answering).toBe(pid);
      expect(secrets).toBe(herd);
      for (let id = 0; id < herd; id += 1) {
        expect((await client.get(`herd/${id}`)).text()).toBe(`value ${id}`);
      }
      client.close();
    } finally {
      await discard(home);
    }
  }
}, 3_600_000);
