import { LIMITS } from "@strongroom/client/protocol";
import type { WriteHandler } from "../turn/handler.ts";
import { judgeRecipe } from "../vault/judge-recipe.ts";
import { COMMIT_BYTES } from "./bytes.ts";

/** `recipe/set` */
export const recipeSet: WriteHandler<"recipe/set"> = {
  kind: "write",
  judge: (pending, params) => [judgeRecipe(pending, params)],
  result: ({ name }, _numbers, revision) => ({ name, revision }),
  bytes: (params) =>
    COMMIT_BYTES + LIMITS.pathCharacters + Buffer.byteLength(JSON.stringify(params)),
  frees: () => false,
};
