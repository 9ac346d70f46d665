import type { Input } from "../command.ts";
import { writeData, writeJson } from "../output.ts";
import { whileWorking } from "../progress.ts";

/** `audit verify`: a record that is broken ends it with 11, and is named. */
export async function verifyAudit({ caller, values }: Input): Promise<number> {
  const found = await whileWorking("reading the audit back", caller.call("audit/verify", {}));
  if (values["json"] === true) writeJson(found);
  else {
    const from = found.first === 1 ? "" : ` from ${found.first} on; those before were dropped`;
    const files = found.segments === 1 ? "1 sealed file" : `${found.segments} sealed files`;
    writeData(`ok: ${found.records} records in ${files} and the journal${from}\n`);
  }
  return 0;
}
