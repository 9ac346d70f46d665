import type { WriteHandler } from "../turn/handler.ts";
import { judgeRecipeRemove } from "../vault/judge-recipe.ts";
import { COMMIT_BYTES } from "./bytes.ts";

/** `recipe/remove` */
export const recipeRemove: WriteHandler<"recipe/remove"> = {
  kind: "write",
  judge: (pending, params) => {
    judgeRecipeRemove(pending, params);
    return [];
  },
  result: ({ name }, _numbers, revision) => ({ name, revision }),
  bytes: () => COMMIT_BYTES,
  frees: () => true,
};
