import { takeSockets } from "@strongroom/daemon/src/guard/supervised.ts";
import { describe, expect, it } from "vitest";

describe("the sockets of a supervisor", () => {
  it("are those from 3 on that were opened for this process, and of another process none", () => {
    expect(takeSockets({ LISTEN_FDS: "2", LISTEN_PID: "7" }, 7)).toEqual([3, 4]);
    expect(takeSockets({ LISTEN_FDS: "2", LISTEN_PID: "8" }, 7)).toEqual([]);
    expect(takeSockets({ LISTEN_FDS: "2" }, 7)).toEqual([]);
    expect(takeSockets({ LISTEN_PID: "7" }, 7)).toEqual([]);
  });

  it.each(["0", "-1", "1e3", "100", "", " 1", "1.5"])("are none for a count of %j", (count) => {
    expect(takeSockets({ LISTEN_FDS: count, LISTEN_PID: "7" }, 7)).toEqual([]);
  });

  it("are said to no program that is started from here", () => {
    const env = { LISTEN_FDS: "1", LISTEN_PID: "8", LISTEN_FDNAMES: "x", HOME: "/h" };
    takeSockets(env, 7);
    expect(env).toEqual({ HOME: "/h" });
  });
});
