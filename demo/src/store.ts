import { connect } from "@strongroom/client";
import { JsonFile } from "./json-file.ts";

/** Where a worker keeps what it writes: in strongroom, or in the JSON file beside it. */
export type Kind = "json" | "strongroom";

/** What a worker needs of either. */
export interface Store {
  set(name: string, value: string): Promise<unknown>;
  update(name: string, compute: (value: string | undefined) => string): Promise<unknown>;
  close(): void;
}

/** Opens the store that the command line of a worker names: `strongroom HOME` or `json HOME`. */
export async function openStore(kind: string | undefined, home: string): Promise<Store> {
  if (kind === "json") {
    const file = new JsonFile(home);
    return {
      set: (name, value) => file.set(name, value),
      update: (name, compute) => file.update(name, compute),
      close: () => {},
    };
  }
  const client = await connect({ home, timeout: "30s" });
  return {
    set: (name, value) => client.set(name, value),
    update: (name, compute) => client.update(name, (current) => compute(current?.text())),
    close: () => client.close(),
  };
}
