import type { ClipboardMethods } from "./clipboard-methods.ts";
import { LIMITS } from "./limits.ts";
import type { MethodEntry } from "./method-entry.ts";
import type { AtRevision, Params } from "./methods.ts";
import { object, optional } from "./object-shape.ts";
import { integer, oneOf, text } from "./shape.ts";
import { revision } from "./value-shapes.ts";

type Asked = Params<"clipboard/clear">;

const variable = text({ maxLength: LIMITS.pathCharacters, pattern: String.raw`^\P{C}*$` });

/** `clipboard/*`, sorted. */
export const CLIPBOARD_METHODS: { readonly [M in keyof ClipboardMethods]: MethodEntry<M> } = {
  "clipboard/clear": {
    summary: "Clears a clipboard after a while, if it still holds what was put there.",
    kind: "flight",
    params: object<Asked>({
      tool: oneOf("pbcopy", "wl-copy", "xclip", "xsel"),
      display: object<Asked["display"]>({
        DISPLAY: optional(variable),
        WAYLAND_DISPLAY: optional(variable),
        XAUTHORITY: optional(variable),
        XDG_RUNTIME_DIR: optional(variable),
      }),
      sha256: text({ pattern: "^[0-9a-f]{64}$" }),
      after: integer(LIMITS.clipboardLeastMs, LIMITS.clipboardMs),
    }),
    result: object<AtRevision>({ revision }),
  },
};
