import { busSockets } from "strongroom/src/dbus/address.ts";
import { expect, it } from "vitest";

it("finds the bus of the session where its address says, else in the runtime folder", () => {
  const env = { XDG_RUNTIME_DIR: "/run/user/7" };
  expect(busSockets(env)).toEqual(["/run/user/7/bus"]);
  expect(busSockets({})).toEqual([]);
  const of = (address: string): readonly string[] =>
    busSockets({ ...env, DBUS_SESSION_BUS_ADDRESS: address });
  expect(of("")).toEqual(["/run/user/7/bus"]);
  expect(of("unix:path=/tmp/a,guid=0f")).toEqual(["/tmp/a"]);
  expect(of("unix:guid=0f,abstract=/tmp/a")).toEqual(["\0/tmp/a"]);
  expect(of("tcp:host=localhost,port=1;unix:path=/tmp/b;unix:path=/tmp/c")).toEqual([
    "/tmp/b",
    "/tmp/c",
  ]);
  expect(of("unix:path=/tmp/a%20b%2c%c3%a4")).toEqual(["/tmp/a b,ä"]);
  expect(of("unix:tmpdir=/tmp")).toEqual([]);
});
