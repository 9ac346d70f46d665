/** What was wrong with the bytes of a connection; each of them ends it. */
export type WireFault =
  | "batch"
  | "body-length"
  | "closed"
  | "depth"
  | "envelope"
  | "header"
  | "header-length"
  | "id"
  | "id-in-flight"
  | "json"
  | "json-parts"
  | "notification"
  | "response"
  | "utf8";

/**
 * A fault of framing or envelope. It carries a code and nothing of the input, because input may
 * hold a value, and libraries log what errors say.
 */
export class WireError extends Error {
  override readonly name = "WireError";
  readonly fault: WireFault;

  constructor(fault: WireFault) {
    super(`refused by the wire guard: ${fault}`);
    this.fault = fault;
  }
}
