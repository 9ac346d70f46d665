import { pastReaders } from "@strongroom/daemon/src/native/past-readers.ts";
import { expect, it } from "vitest";

function failing(
  times: number,
  code: string,
): { readonly run: () => Promise<void>; tries: number } {
  const rename = {
    tries: 0,
    run: async (): Promise<void> => {
      rename.tries += 1;
      if (rename.tries <= times) throw Object.assign(new Error(code), { code });
    },
  };
  return rename;
}

it("waits on Windows until nobody reads the file that is in the way", async () => {
  for (const code of ["EACCES", "EBUSY", "EPERM"]) {
    const rename = failing(3, code);
    await pastReaders(rename.run, "win32");
    expect(rename.tries).toBe(4);
  }
});

it("does not wait for ever", async () => {
  const rename = failing(Infinity, "EPERM");
  await expect(pastReaders(rename.run, "win32")).rejects.toMatchObject({ code: "EPERM" });
  expect(rename.tries).toBe(20);
});

it("tries once what another error is, and once on other systems", async () => {
  const full = failing(Infinity, "ENOSPC");
  await expect(pastReaders(full.run, "win32")).rejects.toMatchObject({ code: "ENOSPC" });
  expect(full.tries).toBe(1);
  const refused = failing(Infinity, "EPERM");
  await expect(pastReaders(refused.run, "linux")).rejects.toMatchObject({ code: "EPERM" });
  expect(refused.tries).toBe(1);
});
