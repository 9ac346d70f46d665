import { parseSignature } from "../dbus/signature.ts";
import type { Type } from "../dbus/signature.ts";
import type { Holdings } from "./holdings.ts";
import type { Method } from "./house.ts";
import { collectionPath, itemPath, ROOT } from "./paths.ts";
import type { Place } from "./paths.ts";
import { PROPERTIES } from "./properties.ts";

type Interfaces = { readonly [name: string]: { readonly [member: string]: Method } };

/** What tools such as `busctl` are shown of an object, as XML. */
export function introspection(
  { path, place }: { readonly path: string; readonly place: Place },
  holdings: Holdings,
  interfaces: Interfaces,
): string {
  const described = Object.entries(interfaces).map(([name, methods]) => {
    const members = Object.entries(methods).map(
      ([member, { in: taken, out }]) =>
        `<method name="${member}">${words(taken, "in")}${words(out, "out")}</method>`,
    );
    const properties = Object.entries(PROPERTIES[name] ?? {}).map(
      ([property, [type, access]]) =>
        `<property name="${property}" type="${type}" access="${access}"/>`,
    );
    return `<interface name="${name}">${members.join("")}${properties.join("")}</interface>`;
  });
  const nodes = children(path, place, holdings).map((name) => `<node name="${name}"/>`);
  return `<node>${described.join("")}${nodes.join("")}</node>`;
}

/** Paths below that of an object. They hold letters, digits, `_` and `/`: no XML. */
function children(path: string, place: Place, { collections }: Holdings): readonly string[] {
  if (place.kind === "above") return [ROOT.slice(path === "/" ? 1 : path.length + 1)];
  if (place.kind === "service") {
    const known = [...collections.keys()].map((id) => collectionPath(id).split("/").slice(4));
    return ["aliases/default", ...known.map((parts) => parts.join("/"))];
  }
  if (place.kind !== "collection") return [];
  const items = collections.get(place.collection)?.items.keys() ?? [];
  return [...items].map((item) => itemPath("", item).split("/").at(-1) ?? "");
}

function words(signature: string, direction: string): string {
  return parseSignature(signature)
    .map((type) => `<arg type="${text(type)}" direction="${direction}"/>`)
    .join("");
}

function text({ code, of }: Type): string {
  const inner = of.map(text).join("");
  if (code === "(") return `(${inner})`;
  return code === "{" ? `{${inner}}` : `${code}${inner}`;
}
