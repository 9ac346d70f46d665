import { join } from "node:path";

/**
 * The Unix sockets at which the bus of the session may be, in the order to try them: those of
 * `DBUS_SESSION_BUS_ADDRESS`, else `bus` in the runtime folder. An abstract one begins with NUL.
 * Addresses of other kinds are left out.
 */
export function busSockets(env: {
  readonly DBUS_SESSION_BUS_ADDRESS?: string | undefined;
  readonly XDG_RUNTIME_DIR?: string | undefined;
}): readonly string[] {
  const { DBUS_SESSION_BUS_ADDRESS: address = "", XDG_RUNTIME_DIR: runtime = "" } = env;
  if (address === "") return runtime === "" ? [] : [join(runtime, "bus")];
  return address.split(";").flatMap((each) => {
    if (!each.startsWith("unix:")) return [];
    const pairs = each
      .slice("unix:".length)
      .split(",")
      .map((pair) => pair.split("=", 2));
    const values = new Map(pairs.map(([key = "", value = ""]) => [key, unescaped(value)]));
    const [path, abstract] = [values.get("path"), values.get("abstract")];
    if (path !== undefined) return [path];
    return abstract === undefined ? [] : [`\0${abstract}`];
  });
}

function unescaped(value: string): string {
  const escaped = /%([0-9a-fA-F]{2})/g;
  const bytes = value.replaceAll(escaped, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return /[^\0-\x7f]/.test(value) ? value : Buffer.from(bytes, "latin1").toString("utf8");
}
