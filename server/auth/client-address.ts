import { BlockList, isIP } from "node:net";

/** Those whose word on who stands behind them is believed. */
export class TrustedProxies {
  readonly #networks = new BlockList();

  /** Addresses or CIDR ranges; the environment has checked them. */
  constructor(networks: readonly string[]) {
    for (const text of networks) {
      const [address = "", prefix] = text.split("/");
      const family = isIP(address) === 4 ? "ipv4" : "ipv6";
      this.#networks.addSubnet(address, prefix === undefined ? (family === "ipv4" ? 32 : 128) : Number(prefix), family);
    }
  }

  has(address: string): boolean {
    const family = isIP(address);
    return family !== 0 && this.#networks.check(address, family === 4 ? "ipv4" : "ipv6");
  }
}

/**
 * The nearest address that no trusted proxy vouches beyond. Each proxy appends whom it heard from, so the list is read from
 * its end: what the client itself wrote into the header stands before that and is never reached.
 */
export function clientAddress(peer: string | undefined, forwardedFor: string | undefined, proxies: TrustedProxies): string {
  let address = plain(peer ?? "");
  const entries = (forwardedFor ?? "").split(",").map((entry) => plain(entry.trim()));
  while (proxies.has(address)) {
    const before = entries.pop();
    if (before === undefined || isIP(before) === 0) break;
    address = before;
  }
  return address === "" ? "unknown" : address;
}

/** IPv4 in IPv6, as it is and as NAT64 writes it: everybody with IPv4 would be of one network. */
const HOLDS_IPV4 = ["0:0:0:0:0:ffff", "64:ff9b:0:0:0:0"];

/** What attempts are counted by: whoever has an IPv6 address has all of its /64, and another address for each attempt. */
export function networkOf(address: string): string {
  const [plainAddress = ""] = address.split("%");
  if (isIP(plainAddress) !== 6) return address;
  const [head = "", tail] = plainAddress.replace(/[\d.]+\.\d+$/, inIpv6).split("::");
  const before = head === "" ? [] : head.split(":");
  const after = tail === undefined || tail === "" ? [] : tail.split(":");
  const parts = tail === undefined ? before : [...before, ...Array<string>(8 - before.length - after.length).fill("0"), ...after];
  const numbers = parts.map((part) => Number.parseInt(part, 16));
  const text = (count: number) => numbers.slice(0, count).map((number) => number.toString(16)).join(":");
  return HOLDS_IPV4.includes(text(6)) ? numbers.slice(6).flatMap((number) => [number >> 8, number & 255]).join(".") : `${text(4)}::/64`;
}

/** The last part of an IPv6 address may be written as IPv4. */
function inIpv6(ipv4: string): string {
  const [a = 0, b = 0, c = 0, d = 0] = ipv4.split(".").map(Number);
  return `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
}

/** Without a port, brackets or the prefix of IPv4 in IPv6. */
function plain(text: string): string {
  const address = /^\[([^\]]+)\](?::\d+)?$/.exec(text)?.[1] ?? (/^[\d.]+:\d+$/.test(text) ? text.slice(0, text.indexOf(":")) : text);
  return address.toLowerCase().startsWith("::ffff:") && address.includes(".") ? address.slice(7) : address;
}
