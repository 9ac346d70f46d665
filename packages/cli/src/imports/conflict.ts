import { StrongroomError } from "@strongroom/client/protocol";
import type { Obstacle, Plan } from "./step.ts";

const ELSEWHERE = "strongroom import --on-conflict skip --from KIND PATH, or --prefix P";

const OBSTACLES: { readonly [O in Obstacle]: readonly [why: string, hint: string] } = {
  credential: ["an OAuth credential is named", ELSEWHERE],
  own: [
    "the vault has tokens of its own for",
    "sign out of one of them: in the source; or strongroom oauth logout NAME, then import anew; or strongroom import --on-conflict skip --from KIND PATH",
  ],
  renewer: ["a program renews a secret named", ELSEWHERE],
  secret: ["a secret is named", ELSEWHERE],
};

/** Throws `CONFLICT` where something is in the way of a plan; nothing of it is done then. */
export function demandNoConflict({ credentials, steps }: Plan): void {
  const named = credentials.map((each) => ({ ...each, name: each.credential.name }));
  const all = [...steps, ...named].filter(({ action }) => action === "conflict");
  // One that gives way to nothing needs more of whoever imports.
  const first = all.find(({ obstacle }) => obstacle !== undefined) ?? all[0];
  if (first === undefined) return;
  const name = JSON.stringify(first.name);
  if (first.obstacle !== undefined) {
    const [why, hint] = OBSTACLES[first.obstacle];
    throw new StrongroomError("CONFLICT", `${why} ${name}; nothing was stored`, { hint });
  }
  throw new StrongroomError(
    "CONFLICT",
    `${all.length} names hold something else, ${name} first; nothing was stored`,
    { hint: "strongroom import --on-conflict skip --from KIND PATH, or newer, or replace" },
  );
}
