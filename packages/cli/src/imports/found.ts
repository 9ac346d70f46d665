import type { Metadata, OAuthCredential, OAuthServer } from "@strongroom/client/protocol";

/** A secret of a source. */
export interface Item {
  /** As the source calls it. */
  readonly name: string;
  readonly value: Buffer;
  readonly metadata?: Omit<Metadata, "origin">;
  /** When the source stored it, milliseconds since 1970, where it says so. */
  readonly updatedAt?: number;
}

/** What a source holds. */
export interface Found {
  readonly items: readonly Item[];
  readonly credentials: readonly OAuthCredential[];
  /** What was left out or is worth knowing, a sentence each; never a value. */
  readonly remarks: readonly string[];
  /** Of what could not be read and is missing here, a sentence each; absent = nothing. */
  readonly leftOut?: readonly string[];
}

/** What is asked of whoever imports. */
export interface Asked {
  /** The password of the source, asked for once. */
  readonly password: () => Promise<string>;
  /** A file with the key of the source, where it was named. */
  readonly keyFile: string | undefined;
  /** Whether a file of a folder that cannot be read is left out; else it stops all. */
  readonly isSkipping?: boolean;
  /** What stands at a URL of the source, where its owner has named that to be asked. */
  readonly server?: (url: string) => Promise<OAuthServer | undefined>;
  /** Milliseconds that a program of others may take; absent = as many as it likes. */
  readonly patience?: number;
}

/** Reads a source at a path. It is never changed. */
export type Reader = (path: string, asked: Asked) => Promise<Found>;
