import { Keychain } from "@strongroom/daemon/src/sources/keychain.ts";
import { describe, expect, it } from "vitest";

const ABSENT = "@napi-rs/there-is-none";
const LinuxStore = {};
const kept = new Map<string, string>();

class AsyncEntry {
  readonly #account: string;
  constructor(service: string, account: string) {
    this.#account = `${service} ${account}`;
  }
  async getPassword(): Promise<string | null> {
    return await Promise.resolve(kept.get(this.#account) ?? null);
  }
  async setPassword(password: string): Promise<void> {
    await Promise.resolve(void kept.set(this.#account, password));
  }
  async deletePassword(): Promise<boolean> {
    return await Promise.resolve(kept.delete(this.#account));
  }
}

class Failing {
  async getPassword(): Promise<never> {
    return await Promise.reject(new Error("org.freedesktop.DBus.Error.ServiceUnknown"));
  }
}

class Silent {
  async getPassword(): Promise<never> {
    return await new Promise<never>(() => {});
  }
}

describe("the keychain", () => {
  it("gives back what it was given, until it is told to forget", async () => {
    const keychain = new Keychain(() => Promise.resolve({ AsyncEntry, LinuxStore }));
    await keychain.write("vault 1", "key");
    expect([...kept]).toEqual([["strongroom vault 1", "key"]]);
    expect(await keychain.read("vault 1")).toBe("key");
    await keychain.forget("vault 1");
    await expect(keychain.read("vault 1")).rejects.toMatchObject({ code: "UNAVAILABLE" });
  });

  it("that is not installed names the package and how to get it", async () => {
    const none = new Keychain(() => import(ABSENT));
    await expect(none.read("vault 1")).rejects.toMatchObject({
      code: "UNAVAILABLE",
      message: expect.stringContaining("@napi-rs/keyring") as string,
      hint: expect.stringMatching(/^npm install @napi-rs\/keyring@\d/) as string,
    });
    for (const unknown of [{}, { AsyncEntry }]) {
      const other = new Keychain(() => Promise.resolve(unknown));
      await expect(other.read("vault 1")).rejects.toMatchObject({
        code: "UNAVAILABLE",
        message: expect.stringContaining("not the one that is known here") as string,
      });
    }
  });

  it("whose service is missing says so, and what to do", async () => {
    const keychain = new Keychain(() => Promise.resolve({ AsyncEntry: Failing, LinuxStore }));
    await expect(keychain.read("vault 1")).rejects.toMatchObject({
      code: "UNAVAILABLE",
      hint: expect.stringContaining("unlock the keychain") as string,
    });
  });

  it("that does not answer is not waited for", async () => {
    const keychain = new Keychain(() => Promise.resolve({ AsyncEntry: Silent, LinuxStore }), 50);
    await expect(keychain.read("vault 1")).rejects.toMatchObject({
      code: "UNAVAILABLE",
      message: expect.stringContaining("0.05 s") as string,
    });
  });
});
