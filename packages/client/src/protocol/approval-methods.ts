import type { AtRevision, Repeatable } from "./methods.ts";

/** A file whose references its owner has seen: that path with that content, and no other. */
export interface Approved {
  /** The path of the file as it was given, made absolute; no link is followed. */
  readonly path: string;
  /** SHA-256 of its content, 64 lower-case hex digits. */
  readonly sha256: string;
}

/** An approval as it is listed. */
export interface ApprovalEntry extends Approved {
  /** When it was given, milliseconds since 1970. */
  readonly approvedAt: number;
}

/** The methods of approvals, with their params and results. */
export interface ApprovalMethods {
  "approval/add": {
    params: Approved & Repeatable;
    result: { readonly path: string } & AtRevision;
  };
  "approval/list": {
    params: Record<string, never>;
    result: { readonly approvals: readonly ApprovalEntry[] } & AtRevision;
  };
  "approval/remove": {
    params: { readonly path: string } & Repeatable;
    result: { readonly path: string } & AtRevision;
  };
}
