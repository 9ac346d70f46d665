import { execFileSync, spawn } from "node:child_process";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { outTo } from "strongroom/src/out-file.ts";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";

const WHERE = { command: "strongroom inject --out FILE --force", isForced: false };
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sr-out-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function put(path: string, isForced = false): void {
  outTo(path, { ...WHERE, isForced })?.write(Buffer.from("content"));
}

describe("a file that is written to", () => {
  it("is made, or replaced, readable by its owner alone", () => {
    const path = join(folder, "out");
    writeFileSync(path, "before", { mode: 0o644 });
    put(path);
    expect([readFileSync(path, "utf8"), lstatSync(path).mode & 0o777]).toEqual(["content", 0o600]);
    expect(readdirSync(folder)).toEqual(["out"]);
  });

  it("is a pipe still when it was one, and its reader has all", async () => {
    const path = join(folder, "fifo");
    execFileSync("mkfifo", [path]);
    const reader = spawn("cat", [path]);
    onTestFinished(() => void reader.kill());
    const read = text(reader.stdout);
    put(path);
    expect(lstatSync(path).isFIFO()).toBe(true);
    expect(await read).toBe("content");
  });

  it("is a device still when it was one", () => {
    let path = "/dev/null";
    // Root would replace the machine's own, were this wrong.
    if (process.getuid?.() === 0) {
      path = join(folder, "null");
      execFileSync("mknod", [path, "c", "1", "3"]);
    }
    put(path);
    expect(lstatSync(path).isCharacterDevice()).toBe(true);
  });

  it("is neither a folder nor a socket", async () => {
    const path = join(folder, "socket");
    const server = createServer().listen(path);
    onTestFinished(() => void server.close());
    await new Promise((resolve) => server.once("listening", resolve));
    expect(() => outTo(folder, WHERE)).toThrow("is a folder, and is left as it is");
    expect(() => outTo(path, WHERE)).toThrow("is a socket, and is left as it is");
    symlinkSync(folder, join(folder, "link"));
    expect(() => outTo(join(folder, "link"), WHERE)).toThrow("is a folder");
  });

  it("is none of the system's", () => {
    expect(() => outTo("/proc/self/environ", WHERE)).toThrow("is the system's");
    symlinkSync("/proc/self", join(folder, "self"));
    expect(() => outTo(join(folder, "self/environ"), WHERE)).toThrow("is the system's");
  });

  it("is standard output, or what the shell has opened, by their names", () => {
    for (const name of ["-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"]) {
      expect(outTo(name, WHERE)).toBeUndefined();
    }
    expect(() => outTo("/dev/fd/999999", WHERE)?.write(Buffer.from("x"))).toThrow("EBADF");
  });
});

describe("a git work tree", () => {
  beforeEach(() => {
    mkdirSync(join(folder, "repo/sub"), { recursive: true });
    execFileSync("git", ["init", "-q", join(folder, "repo")]);
    for (const name of ["GIT_DIR", "GIT_WORK_TREE"]) vi.stubEnv(name, undefined);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  it("gets no file unasked, by whatever way it is named", () => {
    symlinkSync("repo/sub", join(folder, "l"));
    for (const path of ["repo/out", "repo/sub/out", "l/out", "l/../out"]) {
      expect(() => put(`${folder}/${path}`)).toThrow("lies in the git work tree");
      expect(existsSync(join(folder, "repo/out"))).toBe(false);
    }
    put(`${folder}/l/../out`, true);
    expect(existsSync(join(folder, "repo/out"))).toBe(true);
  });

  it("is what git's variables say, too", () => {
    const bare = join(folder, "bare");
    execFileSync("git", ["init", "-q", "--bare", bare]);
    mkdirSync(join(folder, "home"));
    const out = join(folder, "home/out");
    vi.stubEnv("GIT_DIR", bare);
    put(out);
    vi.stubEnv("GIT_WORK_TREE", join(folder, "home"));
    expect(() => put(out)).toThrow("lies in the git work tree");
    put(join(folder, "out"));
    vi.stubEnv("GIT_WORK_TREE", undefined);
    execFileSync("git", ["--git-dir", bare, "config", "core.bare", "false"]);
    execFileSync("git", ["--git-dir", bare, "config", "core.worktree", "../home"]);
    expect(() => put(out)).toThrow("lies in the git work tree");
    execFileSync("git", ["--git-dir", bare, "config", "--unset", "core.worktree"]);
    expect(() => outTo("unmade", WHERE)).toThrow("lies in the git work tree");
    put(out);
  });
});
