/** A connection of better-sqlite3 to a file that is synced at every commit. */
export async function connectTo({ file }) {
  const { default: Database } = await import("better-sqlite3");
  const database = new Database(file, { timeout: 60_000 });
  database.pragma("journal_mode = WAL");
  database.pragma("synchronous = FULL");
  database.exec("CREATE TABLE IF NOT EXISTS secrets (name TEXT PRIMARY KEY, value TEXT) STRICT");
  const read = database.prepare("SELECT value FROM secrets WHERE name = ?").pluck();
  const write = database.prepare("INSERT OR REPLACE INTO secrets VALUES (?, ?)");
  const increment = database.transaction((name) => {
    write.run(name, String(Number(read.get(name) ?? 0) + 1));
  });
  return {
    get: (name) => Promise.resolve(read.get(name)),
    increment: (name) => Promise.resolve(increment.immediate(name)),
  };
}
