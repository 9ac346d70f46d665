/** What swamp's commands say of a secret; a field that is missing is not changed. */
export interface AnnotationFields {
  readonly url?: string | undefined;
  readonly notes?: string | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
}

/** An annotation as JSON; `updatedAt` in ISO 8601. */
export interface AnnotationData extends AnnotationFields {
  readonly updatedAt: string;
}

/** An annotation as swamp's commands use it: a value, of which no change changes it. */
export class Annotation {
  readonly url: string | undefined;
  readonly notes: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly updatedAt: Date;

  private constructor({ url, notes, labels = {} }: AnnotationFields, updatedAt: Date) {
    this.url = url;
    this.notes = notes;
    this.labels = Object.freeze({ ...labels });
    this.updatedAt = updatedAt;
  }

  static create(fields: AnnotationFields, updatedAt: Date = new Date()): Annotation {
    return new Annotation(fields, updatedAt);
  }

  static fromData(data: AnnotationData): Annotation {
    return new Annotation(data, new Date(data.updatedAt));
  }

  /** Without what it does not have. */
  toData(): AnnotationData {
    return {
      ...(this.url === undefined ? {} : { url: this.url }),
      ...(this.notes === undefined ? {} : { notes: this.notes }),
      ...(Object.keys(this.labels).length === 0 ? {} : { labels: { ...this.labels } }),
      updatedAt: this.updatedAt.toISOString(),
    };
  }

  /** A new one, of now, with these fields changed and these labels beside its own. */
  merge({ url = this.url, notes = this.notes, labels }: AnnotationFields): Annotation {
    return Annotation.create({ url, notes, labels: { ...this.labels, ...labels } });
  }

  isEmpty(): boolean {
    return isNothing(this);
  }

  /** Whether both say the same, whenever they did. */
  equals(other: Annotation): boolean {
    return saying(this) === saying(other);
  }
}

/** Whether an annotation says nothing at all. */
export function isNothing({ url, notes, labels = {} }: AnnotationFields): boolean {
  return url === undefined && notes === undefined && Object.keys(labels).length === 0;
}

function saying({ url, notes, labels }: Annotation): string {
  const sorted = Object.entries(labels).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return JSON.stringify([url ?? null, notes ?? null, sorted]);
}
