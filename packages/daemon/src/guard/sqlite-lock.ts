import { checkFile } from "@strongroom/client/protocol";
import type { LockAttempt } from "./held-lock.ts";
import { inodeAt, isAt } from "./inode.ts";

/** The little that we use of `node:sqlite`, which Node 20 does not have. */
interface Database {
  exec(sql: string): void;
  close(): void;
}
interface SqliteModule {
  readonly DatabaseSync: new (path: string) => Database;
}

/** SQLITE_BUSY and SQLITE_LOCKED. */
const HELD = new Set([5, 6]);
const TRIES = 10;

/** Whether this Node has `node:sqlite`. */
export function hasSqlite(): boolean {
  return load() !== undefined;
}

/** Tries an EXCLUSIVE transaction that is never ended, on a database of its own. */
export async function trySqliteLock(path: string): Promise<LockAttempt> {
  const sqlite = load();
  if (sqlite === undefined) return "unsupported";
  checkFile(path);
  for (let tries = 0; tries < TRIES; tries += 1) {
    const attempt = attemptOnce(sqlite, path);
    if (attempt !== "held") return attempt;
    // Several at once may all be told BUSY and none wins: try again, not in step.
    await new Promise((resolve) => setTimeout(resolve, 5 + Math.random() * 45));
  }
  return "held";
}

function attemptOnce(sqlite: SqliteModule, path: string): LockAttempt {
  let database: Database | undefined;
  try {
    database = new sqlite.DatabaseSync(path);
    database.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
  } catch (error) {
    database?.close();
    const { errcode } = error as { readonly errcode?: number };
    return errcode !== undefined && HELD.has(errcode) ? "held" : "unsupported";
  }
  const inode = inodeAt(path);
  const held = database;
  return {
    kind: "sqlite",
    isOurs: () => inode !== undefined && isAt(path, inode),
    release: () => held.close(),
  };
}

function load(): SqliteModule | undefined {
  // A text of its own: the types of this Node do not know the module.
  const name: string = "node:sqlite";
  return process.getBuiltinModule(name) as SqliteModule | undefined;
}
