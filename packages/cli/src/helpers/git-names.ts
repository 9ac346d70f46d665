import { importName } from "../imports/names.ts";
import type { Fields } from "./fields.ts";

/** Where the credentials of a server are: `git/PROTOCOL/HOST[/PATH]`. */
export function folderOf(fields: Fields): string | undefined {
  const { protocol, host, path } = Object.fromEntries(fields);
  if (protocol === undefined || host === undefined) return undefined;
  return importName(["git", protocol, host, ...(path === undefined ? [] : [path])].join("/"));
}

/**
 * What a user's credential is called: `FOLDER/@USER` where a name can hold the user as it is, else
 * `FOLDER/=USER`, percent-encoded; undefined where that is too long. `userOf` is its inverse.
 */
export function nameOf(folder: string, user: string): string | undefined {
  const plain = `${folder}/@${user}`;
  if (!/[%/]/u.test(user) && importName(plain) === plain) return plain;
  const encoded = `${folder}/=${encodeURIComponent(user).replaceAll("*", "%2A")}`;
  return importName(encoded) === encoded ? encoded : undefined;
}

/** What older versions called it, where that is no name of today's: several users could share one. */
export function olderNameOf(folder: string, user: string): string | undefined {
  const older = olderName(folder, user);
  return older !== undefined && older.includes("%", older.lastIndexOf("/@")) ? older : undefined;
}

/** Whose credential it is that has a name in a folder; undefined for what git did not store there. */
export function userOf(name: string): string | undefined {
  const at = name.lastIndexOf("/");
  const [folder, kind, part] = [name.slice(0, at), name[at + 1], name.slice(at + 2)];
  const decoded = decode(part);
  if (kind === "=") {
    return decoded !== undefined && nameOf(folder, decoded) === name ? decoded : undefined;
  }
  if (kind !== "@") return undefined;
  const user = decoded?.replaceAll("%2F", "/");
  const isWhole = user !== undefined && olderName(folder, user) === name;
  return isWhole ? user : part.replaceAll("%2F", "/");
}

function olderName(folder: string, user: string): string | undefined {
  return importName(`${folder}/@${user.replaceAll("/", "%2F")}`);
}

function decode(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}
