import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";

/** What npm sends to publish a version. */
interface Manifest {
  readonly name: string;
  readonly versions: {
    readonly [version: string]: { readonly dist: { readonly integrity: string } };
  };
}

/** A registry that npm publishes to and asks, as far as it does either. */
export interface Registry {
  readonly url: string;
  /** Each version that was published, in order. */
  readonly published: readonly string[];
  /** Refuses to take the package of this name from now on; none if undefined. */
  refuse(name: string | undefined): void;
  /** Has it another content of a package than was published. */
  replace(name: string, integrity: string): void;
  close(): Promise<void>;
}

/** Listens on this machine alone. */
export async function startRegistry(): Promise<Registry> {
  const packages = new Map<string, Manifest>();
  const published: string[] = [];
  let refused: string | undefined;
  const server = createServer((request, response) => {
    const name = decodeURIComponent((request.url ?? "").slice(1).replace(/\?.*$/u, ""));
    const answer = (status: number, body: object): void => {
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    };
    const take = async (): Promise<void> => {
      const manifest = (await json(request)) as Manifest;
      if (name === refused) return answer(400, { error: "refused" });
      packages.set(name, manifest);
      published.push(...Object.keys(manifest.versions).map((version) => `${name}@${version}`));
      answer(201, { ok: true });
    };
    const found = packages.get(name);
    if (request.method === "PUT") void take();
    else if (found === undefined) answer(404, { error: "not found" });
    else answer(200, found);
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    published,
    refuse: (name) => {
      refused = name;
    },
    replace: (name, integrity) => {
      const manifest = packages.get(name);
      if (manifest === undefined) throw new TypeError(`${name} was not published`);
      const versions = Object.entries(manifest.versions).map(([version, { dist, ...rest }]) => [
        version,
        { ...rest, dist: { ...dist, integrity } },
      ]);
      packages.set(name, { ...manifest, versions: Object.fromEntries(versions) });
    },
    close: () => new Promise((resolve) => void server.close(() => resolve())),
  };
}
