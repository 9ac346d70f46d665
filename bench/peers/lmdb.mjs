/** A connection to an lmdb that has flushed what it says it has committed. */
export async function connectTo({ folder }) {
  const { open } = await import("lmdb");
  const database = open({ path: folder, overlappingSync: false });
  return {
    get: (name) => Promise.resolve(database.get(name)),
    increment: (name) =>
      Promise.resolve(
        database.transactionSync(() => {
          database.putSync(name, String(Number(database.get(name) ?? 0) + 1));
        }),
      ),
  };
}
