import { compilePattern, LIMITS } from "@strongroom/client/protocol";
import type { AuditEntry, Params } from "@strongroom/client/protocol";
import { pageOf } from "../audit/listing.ts";
import type { ControlHandler } from "../turn/handler.ts";
import type { VaultView } from "../vault/state.ts";

/** `audit/list`: in the queue, so that no segment is sealed or dropped while it is read. */
export const auditList: ControlHandler<"audit/list"> = {
  kind: "control",
  exclusive: true,
  run: async ({ services, state }, params) => {
    const { after = 0, limit = LIMITS.listLimit } = params;
    const matches = filterOf(params, state);
    const query = { after, limit, matches };
    const { damaged, ...page } = await pageOf(state.audit, services.segment, query);
    const told = damaged.length === 0 ? {} : { damaged };
    return { ...page, ...told, last: state.audit.last, revision: state.counters.revision };
  },
};

function filterOf(
  { client, name, since = 0 }: Params<"audit/list">,
  { keys }: VaultView,
): (entry: AuditEntry) => boolean {
  const isNamed = name === undefined ? undefined : compilePattern(name);
  const actors = new Set([client, `key:${client}`]);
  for (const record of keys.values()) if (record.name === client) actors.add(`key:${record.id}`);
  return (entry) => {
    if (entry.time < since) return false;
    if (isNamed !== undefined && (entry.name === undefined || !isNamed(entry.name))) return false;
    return client === undefined || entry.client === client || actors.has(entry.actor);
  };
}
