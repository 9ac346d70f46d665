import { isUtf8 } from "node:buffer";
import type { Metadata, SecretValue } from "./protocol/index.ts";
import { decodeValue } from "./values.ts";

/** A secret that was read. Its value is in no property, so that logging it shows none. */
export class Secret {
  readonly name: string;
  readonly version: number;
  readonly metadata: Metadata;
  /** Milliseconds since 1970. */
  readonly updatedAt: number;
  /** The revision of the vault at which it was read. */
  readonly revision: number;
  readonly #bytes: Buffer;

  constructor(found: SecretValue, revision: number) {
    this.name = found.name;
    this.version = found.version;
    this.metadata = found.metadata;
    this.updatedAt = found.updatedAt;
    this.revision = revision;
    this.#bytes = decodeValue(found);
  }

  /** The value as it was stored; a copy, yours to overwrite. */
  bytes(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }

  /** The value as text; a `TypeError` when it is not UTF-8. */
  text(): string {
    if (!isUtf8(this.#bytes)) {
      throw new TypeError("the value is not UTF-8 text; read it with bytes()");
    }
    return this.#bytes.toString("utf8");
  }
}
