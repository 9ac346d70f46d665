import { startRig } from "./rig.ts";
import type { RigRequest } from "./rig-handle.ts";

// A rig in a process of its own, forked by rig-handle.ts: it answers what it is asked.
const [options = "{}"] = process.argv.slice(2);
const rig = await startRig(JSON.parse(options) as object);

async function answer(request: RigRequest): Promise<unknown> {
  if (request.ask === "counts") return await rig.counts();
  if (request.ask === "grant") return await rig.grant(request.account, request.scopes);
  await rig.fault(request.fault);
  return null;
}

process.on("message", (request: RigRequest) => {
  void answer(request).then(
    (result) => process.send?.({ id: request.id, result }),
    (error: unknown) => process.send?.({ id: request.id, error: String(error) }),
  );
});
process.on("disconnect", () => process.exit(0));
process.send?.({ id: 0, result: rig.issuer });
