import { compilePattern } from "@strongroom/client/protocol";
import type { RenewerEntry } from "@strongroom/client/protocol";
import type { ReadHandler } from "../turn/handler.ts";
import { compareNames } from "../vault/names.ts";
import { isDue } from "../vault/renewer-record.ts";

/** `renewer/list`: in the order of the names. */
export const renewerList: ReadHandler<"renewer/list"> = {
  kind: "read",
  run: (view, { pattern = "**" }, at) => {
    const matches = compilePattern(pattern);
    const renewers = [...view.renewers.values()]
      .filter(({ name }) => matches(name))
      .toSorted((a, b) => compareNames(a.name, b.name))
      .map((record): RenewerEntry => {
        const { generation: _, ...shown } = record;
        return { ...shown, due: isDue(record, view.get(record.name), at) };
      });
    return { renewers, revision: view.counters.revision };
  },
};
