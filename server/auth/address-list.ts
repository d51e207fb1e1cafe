import { BlockList, isIP } from "node:net";

/** Whether `text` is an address or a CIDR range. */
export function isNetwork(text: string): boolean {
  const [address = "", prefix, ...rest] = text.split("/");
  const family = isIP(address);
  return family !== 0 && rest.length === 0 && (prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (family === 4 ? 32 : 128)));
}

/** Whether an address is in one of the networks. An empty list lets everybody in; an address that is none is in no list. */
export function isAllowedAddress(address: string | null, networks: readonly string[]): boolean {
  if (networks.length === 0) return true;
  const family = isIP(address ?? "");
  if (family === 0) return false;
  const list = new BlockList();
  for (const text of networks) {
    const [network = "", prefix] = text.split("/");
    const kind = isIP(network) === 4 ? "ipv4" : "ipv6";
    list.addSubnet(network, prefix === undefined ? (kind === "ipv4" ? 32 : 128) : Number(prefix), kind);
  }
  return list.check(address!, family === 4 ? "ipv4" : "ipv6");
}
