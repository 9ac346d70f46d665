import type { AuditPolicy } from "@strongroom/client/protocol";
import type { Commit } from "../vault/commit.ts";
import { UNSAID, writeByRecord, writeCommitRecord } from "../vault/frame-records.ts";
import type { ByteWriter } from "../vault/writer.ts";
import { writeEntry } from "./entry.ts";
import type { Entry, Event } from "./entry.ts";
import { tellOf } from "./of-commit.ts";
import type { By } from "./of-commit.ts";
import type { Trail } from "./trail.ts";
import { isSameWho } from "./who.ts";

/** What one frame adds to the audit: written into the frame, and part of the trail when it is durable. */
export class PendingAudit {
  readonly #trail: Trail;
  #count = 0;
  #events = 0;
  #by = UNSAID;
  #policy: AuditPolicy | undefined;
  #before: AuditPolicy | undefined;

  /** One frame at a time is made: another one begun forgets what was not published. */
  constructor(trail: Trail) {
    this.#trail = trail;
    trail.scratch.entries.clear();
  }

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
    const { revision, time } = commit;
    const { who } = by;
    tellOf(commit, by, (operation, name, count) => {
      this.#add({ revision, time, who, operation, name, reason: undefined, count });
    });
  }

  /** Counts an event that stands in a frame. */
  happened(event: Event, revision: number): void {
    this.#events += 1;
    this.#add({ ...event, revision });
  }

  publish(): void {
    if (this.#policy !== undefined) this.#trail.policy = this.#policy;
    this.#trail.append(this.#trail.scratch.entries.view(), this.#count);
  }

  #add(entry: Entry): void {
    const { entries, entry: one } = this.#trail.scratch;
    writeEntry(one, entry);
    entries.bytes(one.view());
    one.clear();
    this.#count += 1;
  }
}
