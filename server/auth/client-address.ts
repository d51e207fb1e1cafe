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

/** Without a port, brackets or the prefix of IPv4 in IPv6. */
function plain(text: string): string {
  const address = /^\[([^\]]+)\](?::\d+)?$/.exec(text)?.[1] ?? (/^[\d.]+:\d+$/.test(text) ? text.slice(0, text.indexOf(":")) : text);
  return address.toLowerCase().startsWith("::ffff:") && address.includes(".") ? address.slice(7) : address;
}
