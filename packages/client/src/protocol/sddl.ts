/** Those whom no folder of a vault is for, by SID and by the letters that SDDL has for some. */
const OTHERS: ReadonlyMap<string, string> = new Map([
  ["AN", "S-1-5-7"],
  ["AU", "S-1-5-11"],
  ["BG", "S-1-5-32-546"],
  ["BU", "S-1-5-32-545"],
  ["IU", "S-1-5-4"],
  ["NU", "S-1-5-2"],
  ["WD", "S-1-1-0"],
]);
/** Users, guests and computers of a domain: the last number says it, whatever the domain. */
const DOMAIN = /^S-1-5-21-\d+-\d+-\d+-(?:513|514|515)$|^D[CGU]$/;
const EVERYONE = "S-1-1-0";

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
 * SIDs of those who are not one person or the system, sorted. A list that is missing lets everyone.
 * Undefined for a text that is no SDDL.
 */
export function openTo(sddl: string): readonly string[] | undefined {
  const text = sddl.trim();
  if (!/^[OGDS]:/.test(text)) return undefined;
  const [, list] = /(?:^|[)A-Z0-9])D:([^:]*?)(?=S:|$)/s.exec(text) ?? [];
  if (list === undefined || list.includes("NO_ACCESS_CONTROL")) return [EVERYONE];
  const found = new Set<string>();
  for (const [, entry = ""] of list.matchAll(/\(((?:[^()]|\([^()]*\))*)\)/g)) {
    const [type = "", , rights = "", , , trustee = ""] = entry.split(";");
    const sid = sidOf(trustee.trim());
    if (sid !== undefined && ALLOWS.has(type) && isHarm(rights)) found.add(sid);
  }
  return [...found].toSorted();
}

function sidOf(trustee: string): string | undefined {
  const known = OTHERS.get(trustee);
  if (known !== undefined) return known;
  return DOMAIN.test(trustee) || [...OTHERS.values()].includes(trustee) ? trustee : undefined;
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
