const EVERYONE = "S-1-1-0";
/** Whom Windows itself is: the system, the administrators, who made or owns it, its services. */
const SYSTEM = /^(?:SY|BA|LA|CO|OW|S-1-5-18|S-1-5-32-544|S-1-3-[04]|S-1-5-80-[\d-]+)$/;
/** One account of a machine, of a domain, or of Entra: groups that come with them are below 1000. */
const PERSON = /^(?:S-1-5-21-\d+-\d+-\d+-(?:500|[1-9]\d{3,})|S-1-12-1-[\d-]+)$/;
/** Letters of SDDL, for those that are told of most. */
const SIDS: ReadonlyMap<string, string> = new Map([
  ["AN", "S-1-5-7"],
  ["AU", "S-1-5-11"],
  ["BG", "S-1-5-32-546"],
  ["BU", "S-1-5-32-545"],
  ["IU", "S-1-5-4"],
  ["NU", "S-1-5-2"],
  ["WD", EVERYONE],
]);

/** Access masks (winnt.h), by the letters of SDDL. */
const RIGHTS: ReadonlyMap<string, number> = new Map([
  ["CC", 0x1],
  ["DC", 0x2],
  ["LC", 0x4],
  ["SW", 0x8],
  ["RP", 0x10],
  ["WP", 0x20],
  ["DT", 0x40],
  ["LO", 0x80],
  ["CR", 0x100],
  ["SD", 0x1_0000],
  ["RC", 0x2_0000],
  ["WD", 0x4_0000],
  ["WO", 0x8_0000],
  ["FA", 0x1f_01ff],
  ["FR", 0x12_0089],
  ["FW", 0x12_0116],
  ["FX", 0x12_00a0],
  ["GA", 0x1000_0000],
  ["GX", 0x2000_0000],
  ["GW", 0x4000_0000],
  ["GR", 0x8000_0000],
]);
/** To pass through a folder, and to see that it is there and whose it is. */
const HARMLESS = 0x20 | 0x80 | 0x2_0000 | 0x10_0000 | 0x2000_0000;

/** Entries that allow; those that deny or audit open nothing. */
const ALLOWS = new Set(["A", "OA", "XA", "ZA"]);

/**
 * Whom an access control list in SDDL lets read or change what it is of, or what is put into it:
 * SIDs (or SDDL's letters) of those who are not one person or the system, sorted. A list that is
 * missing lets everyone. Undefined for a text that is no SDDL.
 */
export function openTo(sddl: string): readonly string[] | undefined {
  const text = sddl.trim();
  if (!/^[OGDS]:/.test(text)) return undefined;
  const list = entriesOf(text);
  if (list === undefined) return [EVERYONE];
  const found = new Set<string>();
  for (const entry of list) {
    const [type = "", , rights = "", , , given = ""] = entry.split(";");
    const trustee = given.trim().toUpperCase();
    if (SYSTEM.test(trustee) || PERSON.test(trustee)) continue;
    if (ALLOWS.has(type) && isHarm(rights)) found.add(SIDS.get(trustee) ?? trustee);
  }
  return [...found].toSorted();
}

/** What stands between the outermost parentheses behind `D:`; undefined where there is no such list. */
function entriesOf(text: string): readonly string[] | undefined {
  const entries: string[] = [];
  let [depth, from, isQuoted, isList, hasList] = [0, 0, false, false, false];
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at];
    if (letter === '"') isQuoted = !isQuoted;
    else if (isQuoted) continue;
    else if (letter === "(") {
      if (depth === 0) from = at + 1;
      depth += 1;
    } else if (letter === ")") {
      depth -= 1;
      if (depth === 0 && isList) entries.push(text.slice(from, at));
    } else if (letter === ":" && depth === 0) {
      isList = text[at - 1] === "D";
      hasList ||= isList;
    }
  }
  const isOpen = !hasList || text.includes("NO_ACCESS_CONTROL") || depth !== 0 || isQuoted;
  return isOpen ? undefined : entries;
}

function isHarm(rights: string): boolean {
  return (maskOf(rights.trim()) & ~HARMLESS) !== 0;
}

/** What is not understood is everything. */
function maskOf(rights: string): number {
  if (/^0x[0-9a-f]{1,8}$/i.test(rights)) return Number(rights);
  if (/^0[0-7]*$|^[1-9]\d*$/.test(rights))
    return Number.parseInt(rights, rights[0] === "0" ? 8 : 10);
  let mask = 0;
  for (const letters of rights.match(/../g) ?? []) mask |= RIGHTS.get(letters) ?? -1;
  return rights.length % 2 === 0 ? mask : -1;
}
