import { resolve } from "node:dns/promises";
import type { authenticate } from "mailauth";

/** Where a mail comes from, as its SMTP session said. */
export interface Envelope {
  from: string;
  ip: string;
  helo: string;
  /** This server's name. */
  mta: string;
}

/** Results by their names in RFC 8601: `pass`, `fail`, `softfail`, `neutral`, `none`, `temperror`, `permerror`. */
export interface Authentication {
  spf: { result: string; domain: string | null };
  dkim: { result: string; domain: string | null; selector: string | null; aligned: boolean }[];
  dmarc: { result: string; domain: string | null; policy: string | null };
}

export type Resolver = (name: string, type: string) => Promise<unknown>;

const MAX_MS = 20_000;

/** What SPF, DKIM and DMARC say of a mail. A name server that does not answer gives `temperror` and keeps no mail back. */
export async function authenticateMail(message: Buffer, { from, ip, helo, mta }: Envelope, resolver: Resolver = resolve): Promise<Authentication> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Authentication>((done) => (timer = setTimeout(() => done(unknown()), MAX_MS)));
  try {
    return await Promise.race([ask(message, { sender: from, ip, helo, mta, disableArc: true, disableBimi: true, resolver }), late]);
  } catch {
    return unknown();
  } finally {
    clearTimeout(timer);
  }
}

async function ask(message: Buffer, options: Parameters<typeof authenticate>[1]): Promise<Authentication> {
  const mailauth = await import("mailauth");
  const { spf, dkim, dmarc } = await mailauth.authenticate(message, options);
  return {
    spf: spf === false ? { result: "none", domain: null } : { result: spf.status.result, domain: spf.domain },
    // One entry without a domain stands for no signature.
    dkim: (dkim.results ?? [])
      .filter(({ signingDomain }) => signingDomain !== undefined)
      .map(({ signingDomain, selector, status }) => ({ result: status.result, domain: signingDomain ?? null, selector: selector ?? null, aligned: typeof status.aligned === "string" })),
    dmarc: dmarc === false ? { result: "none", domain: null, policy: null } : { result: dmarc.status.result, domain: dmarc.domain ?? null, policy: dmarc.policy ?? null },
  };
}

function unknown(): Authentication {
  return { spf: { result: "temperror", domain: null }, dkim: [], dmarc: { result: "temperror", domain: null, policy: null } };
}
