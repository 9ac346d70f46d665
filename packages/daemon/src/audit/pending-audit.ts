import type { AuditPolicy } from "@strongroom/client/protocol";
import type { Commit } from "../vault/commit.ts";
import { UNSAID, writeByRecord, writeCommitRecord } from "../vault/frame-records.ts";
import { ByteWriter } from "../vault/writer.ts";
import { writeEntry } from "./entry.ts";
import type { Event } from "./entry.ts";
import { entriesOf } from "./of-commit.ts";
import type { By } from "./of-commit.ts";
import type { Trail } from "./trail.ts";
import { isSameWho } from "./who.ts";

/** What one frame adds to the audit: written into the frame, and part of the trail when it is durable. */
export class PendingAudit {
  readonly #entries = new ByteWriter(512);
  readonly #entry = new ByteWriter(256);
  #count = 0;
  #events = 0;
  #by = UNSAID;
  #policy: AuditPolicy | undefined;
  #before: AuditPolicy | undefined;

  /** How many events the frame holds beside its commits. */
  get events(): number {
    return this.#events;
  }

  /** A judgement begins: `undo` takes back what it decides. */
  begin(): void {
    this.#before = this.#policy;
  }

  undo(): void {
    this.#policy = this.#before;
  }

  /** The policy as it will be. */
  decide(policy: AuditPolicy): void {
    this.#policy = policy;
  }

  /** The policy as it will be; undefined = as it is. */
  get policy(): AuditPolicy | undefined {
    return this.#policy;
  }

  /** Writes a commit into its frame. */
  commit(frame: ByteWriter, commit: Commit, by: By): void {
    if (!isSameWho(by.who, this.#by.who) || by.operation !== this.#by.operation) {
      writeByRecord(frame, by);
      this.#by = by;
    }
    writeCommitRecord(frame, commit);
    this.committed(commit, by);
  }

  /** Counts a commit that stands in a frame. */
  committed(commit: Commit, by: By): void {
    for (const entry of entriesOf(commit, by)) {
      writeEntry(this.#entry, entry);
      this.#add();
    }
  }

  /** Counts an event that stands in a frame. */
  happened(event: Event, revision: number): void {
    writeEntry(this.#entry, { ...event, revision });
    this.#events += 1;
    this.#add();
  }

  publish(trail: Trail): void {
    if (this.#policy !== undefined) trail.policy = this.#policy;
    trail.append(this.#entries.view(), this.#count);
  }

  #add(): void {
    this.#entries.bytes(this.#entry.view());
    this.#entry.clear();
    this.#count += 1;
  }
}
