import type { AtRevision } from "./methods.ts";

/** The programs by which a clipboard is read and cleared. */
export type ClipboardTool = "pbcopy" | "wl-copy" | "xclip" | "xsel";

/** The methods of clipboards, with their params and results. */
export interface ClipboardMethods {
  "clipboard/clear": {
    params: {
      readonly tool: ClipboardTool;
      /** Which display it belongs to, as the variables say. */
      readonly display: {
        readonly DISPLAY?: string;
        readonly WAYLAND_DISPLAY?: string;
        readonly XAUTHORITY?: string;
        readonly XDG_RUNTIME_DIR?: string;
      };
      /** SHA-256 of what was put there, 64 lower-case hex digits: anything else in it stays. */
      readonly sha256: string;
      /** Milliseconds from now. */
      readonly after: number;
    };
    result: AtRevision;
  };
}
