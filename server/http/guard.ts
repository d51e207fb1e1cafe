import { lookup as lookUpHost, type LookupAddress } from "node:dns";
import { isIP, type LookupFunction } from "node:net";
import { createAddressPolicy } from "./address-policy";

/**
 * The SSRF guard. Every socket opened for users goes through it: a host is resolved once, the addresses are judged after
 * resolution, and exactly those that passed are connected to, so a second answer of the name server changes nothing.
 */
export interface Guard {
  /** The addresses that may be connected to; throws `BlockedAddress` when none may. */
  resolve(host: string): Promise<LookupAddress[]>;
  /** For `net.connect` and `tls.connect`. They do not call it for hosts that are IP addresses: ask `check` first. */
  lookup: LookupFunction;
  /** Throws `BlockedAddress` for a host that is a forbidden IP address. */
  check(host: string): void;
}

export type Resolver = (host: string, answer: (error: Error | null, addresses: LookupAddress[]) => void) => void;

export interface GuardOptions {
  allow: readonly string[];
  resolver?: Resolver;
}

export class BlockedAddress extends Error {
  override name = "BlockedAddress";

  constructor(
    readonly host: string,
    readonly address: string,
    objection: string,
  ) {
    const target = host === address ? address : `${host} (${address})`;
    super(`${target} must not be reached: ${objection}. An administrator can allow it with MILLRACE_SSRF_ALLOW.`);
  }
}

const systemResolver: Resolver = (host, answer) => lookUpHost(host, { all: true }, (error, addresses) => answer(error, addresses));

export function createGuard({ allow, resolver = systemResolver }: GuardOptions): Guard {
  const policy = createAddressPolicy(allow);

  function check(host: string): void {
    const address = host.replace(/^\[|\]$/g, "");
    if (isIP(address.replace(/%.*$/, "")) === 0) return;
    const objection = policy.objectionTo(address);
    if (objection !== null && !policy.allowsHost(host)) throw new BlockedAddress(host, address, objection);
  }

  function permitted(host: string, addresses: LookupAddress[]): LookupAddress[] {
    if (policy.allowsHost(host)) return addresses;
    const passed = addresses.filter(({ address }) => policy.objectionTo(address) === null);
    const [first] = addresses;
    if (passed.length === 0 && first) throw new BlockedAddress(host, first.address, policy.objectionTo(first.address) ?? "");
    return passed;
  }

  function resolve(host: string): Promise<LookupAddress[]> {
    return new Promise((done, refuse) => {
      resolver(host, (error, addresses) => {
        if (error) return refuse(error);
        try {
          check(host);
          done(permitted(host, addresses));
        } catch (blocked) {
          refuse(blocked instanceof Error ? blocked : new Error(String(blocked)));
        }
      });
    });
  }

  const lookup: LookupFunction = (host, options, answer) => {
    resolve(host).then(
      (addresses) => {
        const fitting = addresses.filter(({ family }) => !options.family || options.family === family || options.family === `IPv${family}`);
        const [first] = fitting;
        if (!first) answer(Object.assign(new Error(`${host} has no address`), { code: "ENOTFOUND" }), "", 0);
        else if (options.all) answer(null, fitting);
        else answer(null, first.address, first.family);
      },
      (error: NodeJS.ErrnoException) => answer(error, "", 0),
    );
  };

  return { resolve, lookup, check };
}
