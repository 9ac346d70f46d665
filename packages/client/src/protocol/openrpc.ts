import { ERRORS } from "./errors.ts";
import { LIMITS } from "./limits.ts";
import { METHODS } from "./method-table.ts";
import type { MethodKind } from "./method-entry.ts";
import type { ObjectShape } from "./object-shape.ts";
import type { JsonSchema } from "./shape.ts";
import { PROTOCOL, VERSION } from "./version.ts";

interface Published {
  readonly summary: string;
  readonly kind: MethodKind;
  readonly params: Pick<ObjectShape<object>, "fields">;
  readonly result: { readonly schema: JsonSchema };
}

/**
 * The wire contract as an OpenRPC 1.3 document, made of the very table that the daemon parses
 * with. `docs/openrpc.json` is its text.
 */
export function openrpcDocument(): object {
  return {
    openrpc: "1.3.2",
    info: {
      title: "strongroom",
      version: VERSION,
      description:
        "JSON-RPC 2.0 over a Unix socket or named pipe, framed by Content-Length. " +
        "hello comes first; params are by name; every result but hello's own fields carries the revision.",
      license: { name: "Apache-2.0" },
      "x-protocol": PROTOCOL,
      "x-limits": LIMITS,
    },
    methods: Object.entries<Published>(METHODS).map(([name, entry]) => ({
      name,
      summary: entry.summary,
      paramStructure: "by-name",
      params: entry.params.fields,
      result: { name: "result", schema: entry.result.schema },
      "x-kind": entry.kind,
    })),
    components: {
      errors: Object.fromEntries(
        Object.entries(ERRORS).map(([code, { number, retryable }]) => [
          code,
          { code: number, message: code, data: { code, retryable } },
        ]),
      ),
    },
  };
}

/** The document as it is committed. */
export function openrpcText(): string {
  return `${JSON.stringify(openrpcDocument(), null, 2)}\n`;
}
