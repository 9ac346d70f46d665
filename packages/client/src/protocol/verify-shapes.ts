import type { PresentedKey } from "./api-key.ts";
import { audience } from "./key-shapes.ts";
import { LIMITS } from "./limits.ts";
import type { Params, Result } from "./methods.ts";
import { checkResource } from "./names.ts";
import { object, optional } from "./object-shape.ts";
import type { ObjectShape } from "./object-shape.ts";
import { ACTION_PATTERN } from "./scope.ts";
import { integer, invalid, refine, text } from "./shape.ts";
import { revision, time } from "./value-shapes.ts";

const fields: ObjectShape<PresentedKey> = object<PresentedKey>({
  token: optional(text()),
  sha256: optional(text({ pattern: "^[0-9A-Fa-f]{64}$" })),
  service: optional(audience),
  action: text({ pattern: ACTION_PATTERN }),
  resource: refine(
    text(),
    "As a name is, but it may begin and end with a slash, and hold * ? [ ] { }.",
    (value) => checkResource(value),
  ),
  cost: optional(integer(1, LIMITS.verifyCost)),
});

/** The params of `key/verify`: either the token or its hash. */
export const presentedKey: ObjectShape<Params<"key/verify">> = {
  ...fields,
  parse(value, field) {
    const params = fields.parse(value, field);
    if ((params.token === undefined) === (params.sha256 === undefined)) {
      throw invalid(field, "must have either token or sha256");
    }
    return params;
  },
};

/** Its result. */
export const verifiedKey: ObjectShape<Result<"key/verify">> = object<Result<"key/verify">>({
  id: text(),
  name: text(),
  audience: text(),
  expiresAt: optional(time),
  remaining: optional(integer(0)),
  revision,
});
