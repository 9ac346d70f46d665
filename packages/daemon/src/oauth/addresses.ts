import { BlockList, isIP } from "node:net";

/** Where an address is: `other` = link-local, multicast, unspecified, reserved. */
export type Reach = "loopback" | "other" | "private" | "public";

const LOOPBACK = listOf(["127.0.0.0/8"]);
const PRIVATE = listOf(["10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16"]);
const OTHER = listOf([
  "0.0.0.0/8",
  "169.254.0.0/16",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.88.99.0/24",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/3",
]);

/** Where an IPv4 or IPv6 address is (RFC 6890); what is no address is `other`. */
export function reachOf(address: string): Reach {
  const family = isIP(address);
  if (family === 4) return reachOfFour(address);
  return family === 6 ? reachOfSix(address) : "other";
}

function reachOfFour(address: string): Reach {
  if (LOOPBACK.check(address)) return "loopback";
  if (PRIVATE.check(address)) return "private";
  return OTHER.check(address) ? "other" : "public";
}

function reachOfSix(address: string): Reach {
  const groups = groupsOf(address);
  const [first = 0, second = 0, , , , , seventh = 0, eighth = 0] = groups;
  const before = groups.slice(0, 6).join(":");
  // Mapped IPv4, and IPv4 behind a translator (RFC 6052): the address within is what is reached.
  if (before === "0:0:0:0:0:65535" || before === "100:65435:0:0:0:0") {
    const parts = [seventh >> 8, seventh & 255, eighth >> 8, eighth & 255];
    return reachOfFour(parts.join("."));
  }
  if (before === "0:0:0:0:0:0") return seventh === 0 && eighth === 1 ? "loopback" : "other";
  if ((first & 0xfe00) === 0xfc00) return "private";
  if ((first & 0xe000) !== 0x2000) return "other";
  // Teredo and 6to4 hold an IPv4 address of anybody's choice.
  const isSpecial =
    (first === 0x2001 && (second < 0x200 || second === 0xdb8)) ||
    first === 0x2002 ||
    (first === 0x3fff && second < 0x1000);
  return isSpecial ? "other" : "public";
}

/** The eight numbers of an IPv6 address; of one with a zone those of its address. */
function groupsOf(address: string): readonly number[] {
  const [plain = ""] = address.split("%");
  // A URL writes it in one way alone.
  const { hostname } = new URL(`http://[${plain}]`);
  const [head = "", tail] = hostname.slice(1, -1).split("::");
  const left = numbersOf(head);
  if (tail === undefined) return left;
  const right = numbersOf(tail);
  const zeros = Array.from({ length: 8 - left.length - right.length }, () => 0);
  return [...left, ...zeros, ...right];
}

function numbersOf(text: string): number[] {
  return text === "" ? [] : text.split(":").map((group) => Number.parseInt(group, 16));
}

function listOf(subnets: readonly string[]): BlockList {
  const list = new BlockList();
  for (const subnet of subnets) {
    const [address = "", bits] = subnet.split("/");
    list.addSubnet(address, Number(bits));
  }
  return list;
}
