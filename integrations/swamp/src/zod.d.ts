/** The part of Zod that is used here; swamp brings it, and puts its own in this one's place. */
declare module "npm:zod@4" {
  interface Schema {
    readonly safeParse: (value: unknown) => { readonly success: boolean };
    superRefine(check: (value: unknown, context: { addIssue(issue: Issue): void }) => void): Schema;
  }
  interface Issue {
    readonly code: "custom";
    readonly message: string;
  }
  export const z: {
    record(key: Schema, value: Schema): Schema;
    string(): Schema;
    unknown(): Schema;
  };
}
