import ipaddr from "ipaddr.js";

type Address = ipaddr.IPv4 | ipaddr.IPv6;

export interface AddressPolicy {
  /** Whether the operator named this host: it may resolve to anything. */
  allowsHost(host: string): boolean;
  /** Why the address must not be connected to; null: it may. */
  objectionTo(address: string): string | null;
}

const RANGE_NAMES: Record<string, string> = {
  unspecified: "this machine",
  loopback: "this machine",
  private: "a private network",
  uniqueLocal: "a private network",
  linkLocal: "a link-local or metadata address",
  carrierGradeNat: "a provider's inner network",
  multicast: "a multicast group",
  broadcast: "a broadcast address",
};

/** Providers serve instance metadata here; the other metadata addresses are link-local. */
const METADATA = ["100.100.100.200", "fd00:ec2::254", "168.63.129.16", "192.0.0.192"];

const GLOBAL_IPV6: [Address, number] = [ipaddr.parse("2000::"), 3];

/** `allow`: host names (`*.` for every name below), addresses and CIDR ranges that may be reached although they are private. */
export function createAddressPolicy(allow: readonly string[]): AddressPolicy {
  const ranges = allow.map(parseRange).filter((range) => range !== null);
  const names = allow.filter((entry) => parseRange(entry) === null).map(normalizeName);
  return {
    allowsHost(host) {
      const name = normalizeName(host);
      return names.some((entry) => (entry.startsWith("*.") ? name.endsWith(entry.slice(1)) : entry === name));
    },
    objectionTo(text) {
      const address = parseAddress(text);
      if (address === null) return "no IP address";
      if (ranges.some((range) => isInside(address, range))) return null;
      if (METADATA.includes(address.toString())) return "a metadata address";
      // Outside of this block nothing is assigned, but old notations of IPv4 addresses (`::7f00:1`) are there.
      if (address.kind() === "ipv6" && address.range() === "unicast" && !isInside(address, GLOBAL_IPV6)) return "a reserved address";
      const range = address.range();
      return range === "unicast" ? null : (RANGE_NAMES[range] ?? `a reserved address (${range})`);
    },
  };
}

/** Whether one of the addresses and CIDR ranges covers the address; a text that is none covers nothing. */
export function isWithinRanges(text: string, ranges: readonly string[]): boolean {
  const address = parseAddress(text);
  return address !== null && ranges.some((entry) => {
    const range = parseRange(entry);
    return range !== null && isInside(address, range);
  });
}

/** IPv4 written as IPv6 counts as the IPv4 address. */
function parseAddress(text: string): Address | null {
  const bare = text.replace(/^\[|\]$/g, "").replace(/%.*$/, "");
  return ipaddr.isValid(bare) ? ipaddr.process(bare) : null;
}

function parseRange(entry: string): [Address, number] | null {
  if (entry.includes("/")) return ipaddr.isValidCIDR(entry) ? ipaddr.parseCIDR(entry) : null;
  const address = parseAddress(entry);
  return address === null ? null : [address, address.kind() === "ipv4" ? 32 : 128];
}

function isInside(address: Address, [base, bits]: [Address, number]): boolean {
  return address.kind() === base.kind() && address.match(base, bits);
}

function normalizeName(host: string): string {
  return host.toLowerCase().replace(/\.$/, "");
}
