import { readTogether } from "strongroom/src/references/together.ts";
import type { Answer } from "strongroom/src/references/together.ts";
import type { SecretValue } from "@strongroom/client/protocol";
import { expect, it } from "vitest";

/** A vault of so many names; `write` is called after each read, with its number. */
class Vault {
  reads = 0;
  #revision = 1;
  readonly #versions = new Map<string, number>();
  readonly ids: readonly string[];
  readonly #write: (read: number) => readonly string[];

  constructor(size: number, write: (read: number) => readonly string[]) {
    this.ids = Array.from({ length: size }, (_, index) => `n${index}`);
    this.#write = write;
  }

  readonly read = async (ids: readonly string[]): Promise<Answer> => {
    const answer = { revision: this.#revision, secrets: ids.map((id) => this.#secret(id)) };
    for (const id of this.#write(this.reads)) {
      this.#versions.set(id, (this.#versions.get(id) ?? 1) + 1);
      this.#revision += 1;
    }
    this.reads += 1;
    return answer;
  };

  #secret(name: string): SecretValue {
    const version = this.#versions.get(name) ?? 1;
    return { name, value: `${version}`, encoding: "utf8", version, metadata: {}, updatedAt: 1 };
  }
}

it("reads each once where nothing changes, however many", async () => {
  const vault = new Vault(350, () => []);
  expect((await readTogether(vault.ids, vault.read)).size).toBe(350);
  expect(vault.reads).toBe(4);
});

it("gives no two values that never held together, however fast they change", async () => {
  const pair = ["n0", "n149"];
  const vault = new Vault(150, () => pair);
  const found = await readTogether(vault.ids, vault.read);
  expect(found.get("n0")?.version).toBe(found.get("n149")?.version);
  expect([found.size, vault.reads]).toEqual([150, 6]);
});

it("notices one that changes only later, in any slice", async () => {
  for (const id of ["n5", "n120", "n249"]) {
    for (let moment = 0; moment < 9; moment += 1) {
      // One name changes at every read, and another one once.
      const vault = new Vault(250, (read) => (read === moment ? ["n200", id] : ["n200"]));
      const found = await readTogether(vault.ids, vault.read);
      const versions = [found.get("n200")?.version ?? 0, found.get(id)?.version];
      // What was read of n200 says how many reads came before.
      expect([id, moment, versions[1]]).toEqual([id, moment, versions[0]! - 1 > moment ? 2 : 1]);
    }
  }
});

it("is refused when more change than one read can hold", async () => {
  const vault = new Vault(250, () => vault.ids);
  const refused = readTogether(vault.ids, vault.read);
  await expect(refused).rejects.toMatchObject({ code: "BUSY", retryable: true });
  expect(vault.reads).toBe(30);
});
