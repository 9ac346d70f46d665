import { METHODS } from "./method-table.ts";
import type { MethodName, Params } from "./methods.ts";

/** Whether a caller's text names a method. */
export function isMethodName(method: string): method is MethodName {
  return Object.hasOwn(METHODS, method);
}

/**
 * The params of a request, from whatever the caller sent; absent ones count as `{}`.
 * Throws `INVALID` or `TOO_LARGE` naming the field, never its content. The rules for new names
 * (`checkName`) are not judged here but where a name is created.
 */
export function parseParams<M extends MethodName>(method: M, params: unknown): Params<M> {
  return METHODS[method].params.parse(params === undefined ? {} : params, "params");
}
