/**
 * The vault as one would write it for a page of a textbook: arrays, copies and loops. It shares
 * no code with the daemon; the property tests hold the daemon to it.
 */

export interface ModelVersion {
  readonly version: number;
  /** Null = a deletion. */
  readonly value: string | null;
  readonly expiresAt: number | null;
  readonly updatedAt: number;
  replacedAt: number | null;
}

export type ModelExpect = { readonly absent: true } | { readonly version: number } | null;

export type ModelStep =
  | {
      readonly op: "set";
      readonly name: string;
      readonly value: string;
      readonly expect: ModelExpect;
      readonly livesMs: number | null;
    }
  | { readonly op: "delete"; readonly name: string; readonly expect: ModelExpect }
  | {
      readonly op: "restore";
      readonly name: string;
      readonly version: number;
      readonly expect: ModelExpect;
    }
  | { readonly op: "check"; readonly name: string; readonly expect: ModelExpect }
  | { readonly op: "clear"; readonly prefix: string };

export type ModelMutation =
  | { readonly kind: "single"; readonly step: ModelStep }
  | { readonly kind: "purge"; readonly name: string; readonly versions: readonly number[] | null }
  | { readonly kind: "batch"; readonly steps: readonly ModelStep[] };

export interface ModelRequest {
  readonly mutation: ModelMutation;
  readonly id: string | null;
  readonly actor: string;
  readonly seen: number;
}

export type ModelAnswer =
  | { readonly numbers: readonly number[]; readonly revision: number }
  | { readonly code: string; readonly version: number | null };

class Refusal extends Error {
  readonly code: string;
  readonly version: number | null;
  constructor(code: string, version: number | null = null) {
    super(code);
    this.code = code;
    this.version = version;
  }
}

const DAY = 86_400_000;

interface ModelState {
  revision: number;
  floor: number;
  latest: number;
  forgotten: number;
  names: Map<string, ModelVersion[]>;
  requests: {
    id: string;
    actor: string;
    body: string;
    numbers: readonly number[];
    revision: number;
    at: number;
  }[];
}

export class Model {
  state: ModelState = {
    revision: 0,
    floor: 0,
    latest: 0,
    forgotten: 0,
    names: new Map(),
    requests: [],
  };

  copy(): ModelState {
    return structuredClone(this.state);
  }

  at(wall: number): number {
    return Math.max(wall, this.state.latest);
  }

  /** One request; the state is as before when it is refused. */
  request(request: ModelRequest, wall: number): ModelAnswer {
    const before = this.copy();
    try {
      return this.#request(request, wall);
    } catch (error) {
      this.state = before;
      if (error instanceof Refusal) return { code: error.code, version: error.version };
      throw error;
    }
  }

  /** What is older than that goes; one commit, if anything goes. */
  retain(before: number, wall: number): void {
    let gone = false;
    for (const [name, versions] of this.state.names) {
      const current = versions.at(-1);
      if (current === undefined) continue;
      const kept = versions.filter(
        (version) => version === current || (version.replacedAt ?? 0) > before,
      );
      const ended = current.value === null ? current.updatedAt : current.expiresAt;
      if (kept.length === 1 && ended !== null && ended <= before) this.#forget(name);
      else if (kept.length < versions.length) this.state.names.set(name, kept);
      else continue;
      gone = true;
    }
    if (gone) this.#commit(wall);
  }

  live(name: string, wall: number): ModelVersion | undefined {
    const current = this.state.names.get(name)?.at(-1);
    if (current === undefined || current.value === null) return undefined;
    if (current.expiresAt !== null && current.expiresAt <= this.at(wall)) return undefined;
    return current;
  }

  #request({ mutation, id, actor, seen }: ModelRequest, wall: number): ModelAnswer {
    const body = JSON.stringify(mutation);
    if (id !== null) {
      this.#outdate(this.at(wall));
      const known = this.state.requests.find((entry) => entry.id === id && entry.actor === actor);
      if (known !== undefined && known.body !== body) throw new Refusal("INVALID");
      if (known !== undefined) return { numbers: known.numbers, revision: known.revision };
      if (seen < this.state.forgotten) throw new Refusal("TIMEOUT");
    }
    const untouched = JSON.stringify([...this.state.names]);
    const numbers = this.#mutate(mutation, wall);
    const changed = JSON.stringify([...this.state.names]) !== untouched;
    if (!changed && id === null) return { numbers, revision: this.state.revision };
    this.#commit(wall);
    const { revision, latest } = this.state;
    if (id !== null) {
      this.state.requests.push({ id, actor, body, numbers, revision, at: latest });
    }
    return { numbers, revision };
  }

  /** Ids older than a day are gone. */
  #outdate(at: number): void {
    const { state } = this;
    for (const { revision } of state.requests.filter((entry) => at - entry.at > DAY)) {
      state.forgotten = Math.max(state.forgotten, revision);
    }
    state.requests = state.requests.filter((entry) => at - entry.at <= DAY);
  }

  #commit(wall: number): void {
    this.state.revision++;
    this.state.latest = this.at(wall);
  }

  #mutate(mutation: ModelMutation, wall: number): number[] {
    switch (mutation.kind) {
      case "single":
        return [this.#step(mutation.step, wall)];
      case "batch":
        return mutation.steps.map((step) => this.#step(step, wall));
      case "purge":
        return [this.#purge(mutation.name, mutation.versions)];
    }
  }

  #step(step: ModelStep, wall: number): number {
    if (step.op === "clear") return this.#clear(step.prefix, wall);
    const live = this.live(step.name, wall);
    const stands = live?.version ?? 0;
    if (step.expect !== null && "absent" in step.expect && stands !== 0) {
      throw new Refusal("ALREADY_EXISTS");
    }
    if (step.expect !== null && "version" in step.expect && step.expect.version !== stands) {
      throw new Refusal("CONFLICT", stands);
    }
    switch (step.op) {
      case "check":
        return stands;
      case "set":
        return this.#push(step.name, step.value, step.livesMs === null ? null : step.livesMs, wall);
      case "delete":
        if (live === undefined) throw new Refusal("NOT_FOUND");
        return this.#push(step.name, null, null, wall);
      case "restore": {
        const kept = this.state.names
          .get(step.name)
          ?.find((entry) => entry.version === step.version);
        const expired = (kept?.expiresAt ?? Infinity) <= this.at(wall);
        if (kept === undefined || kept.value === null || expired) throw new Refusal("NOT_FOUND");
        return this.#push(step.name, kept.value, kept.expiresAt, wall);
      }
    }
  }

  #clear(prefix: string, wall: number): number {
    const names = [...this.state.names.keys()].filter(
      (name) => name.startsWith(prefix) && this.live(name, wall) !== undefined,
    );
    for (const name of names) this.#push(name, null, null, wall);
    return names.length;
  }

  #push(name: string, value: string | null, expiresAt: number | null, wall: number): number {
    const versions = this.state.names.get(name) ?? [];
    const last = versions.at(-1);
    if (last !== undefined) last.replacedAt = wall;
    const version = (last?.version ?? this.state.floor) + 1;
    versions.push({ version, value, expiresAt, updatedAt: wall, replacedAt: null });
    this.state.names.set(name, versions.slice(-10));
    return version;
  }

  #purge(name: string, versions: readonly number[] | null): number {
    const kept = this.state.names.get(name);
    const current = kept?.at(-1);
    if (kept === undefined || current === undefined) throw new Refusal("NOT_FOUND");
    const going = kept.filter(({ version }) => versions === null || versions.includes(version));
    const all = going.length === kept.length;
    if (versions !== null && going.includes(current) && (current.value !== null || !all)) {
      throw new Refusal("INVALID");
    }
    if (going.length === 0) throw new Refusal("NOT_FOUND");
    if (all) this.#forget(name);
    else
      this.state.names.set(
        name,
        kept.filter((version) => !going.includes(version)),
      );
    return going.length;
  }

  #forget(name: string): void {
    const last = this.state.names.get(name)?.at(-1)?.version ?? 0;
    this.state.floor = Math.max(this.state.floor, last);
    this.state.names.delete(name);
  }
}

/** The wall times that retention may trust: what every tick of the last running day agreed on. */
export class ModelRetention {
  #readings: { wall: number; running: number }[] = [];

  tick(wall: number, running: number): number | undefined {
    this.#readings.push({ wall, running });
    const before = this.#readings.filter((reading) => reading.running <= running - DAY);
    const last = before.at(-1);
    if (last === undefined) return undefined;
    const within = this.#readings.filter((reading) => reading.running > running - DAY);
    return Math.min(last.wall, ...within.map((reading) => reading.wall)) - 30 * DAY;
  }
}
