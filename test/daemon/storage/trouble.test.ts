import { StrongroomError } from "@strongroom/client/protocol";
import {
  codeOf,
  corrupt,
  isFull,
  isUnwritable,
  rolledBack,
  trouble,
} from "@strongroom/daemon/src/storage/trouble.ts";
import { describe, expect, it } from "vitest";

const failed = (code: string, path?: string): Error =>
  Object.assign(new Error("the system said so"), { code, ...(path && { path }) });

describe("an error of the system", () => {
  it.each([
    ["ENOSPC", "DISK_FULL", "/v: no space left"],
    ["EDQUOT", "DISK_FULL", "/v: no space left"],
    ["EFBIG", "DISK_FULL", "/v: no space left"],
    ["EROFS", "READ_ONLY", "/v: the file system is read-only"],
    ["EACCES", "UNAVAILABLE", "/v: permission denied (EACCES)"],
    ["EBADF", "UNAVAILABLE", "/v: failed (EBADF)"],
  ])("%s is %s, and names the place", (code, ours, text) => {
    const error = trouble(failed(code), "/v");
    expect([error.code, error.message.startsWith(text)]).toEqual([ours, true]);
    expect(error.hint).not.toBe("");
    expect(trouble(failed(code, "/v/file"), "/v").message).toContain("/v/file:");
  });

  it("without a code is a fault of ours, and one of the table stays what it is", () => {
    expect(trouble(new Error("a value"), "/v")).toMatchObject({
      code: "INTERNAL",
      message: "/v: unexpected failure",
    });
    const known = new StrongroomError("BUSY", "later");
    expect(trouble(known, "/v")).toBe(known);
  });

  it("has a code when it says one as a string", () => {
    expect(["EIO", undefined].map((code) => codeOf(code && failed(code)))).toEqual([
      "EIO",
      undefined,
    ]);
    expect(codeOf(Object.assign(new Error("x"), { code: 5 }))).toBeUndefined();
    expect(codeOf({ code: "EIO" })).toBeUndefined();
  });

  it("is a full disk, or one that cannot be written, or neither", () => {
    const of = (code: string): readonly boolean[] => [
      isFull(failed(code)),
      isUnwritable(failed(code)),
    ];
    expect([of("ENOSPC"), of("EROFS"), of("EIO")]).toEqual([
      [true, true],
      [false, true],
      [false, false],
    ]);
  });
});

it("damage and an older vault name the file and the command that goes on", () => {
  const cause = new Error("why");
  expect(corrupt("/v/a", "it is damaged", cause)).toMatchObject({
    code: "CORRUPT",
    message: "/v/a: it is damaged",
    hint: expect.stringContaining("strongroom repair --to EMPTYDIR"),
    cause,
  });
  expect(rolledBack("/v/a", "it is older")).toMatchObject({
    code: "ROLLED_BACK",
    message: "/v/a: it is older",
    hint: expect.stringContaining("strongroom daemon restart"),
  });
});
