import { sharedPool } from "@/server/db/client";
import { DomainError } from "@/server/errors/domain-error";
import { noteLimited } from "@/server/web-counts/service";
import { networkOf } from "./client-address";

interface Limit {
  attempts: number;
  windowSeconds: number;
}

/** What may be tried how often. Counted in the database, so that several web processes count together. */
export const LIMITS = {
  /** Guessing one person's password. */
  signInByEmail: { attempts: 10, windowSeconds: 900 },
  /** Guessing many people's passwords, or links, from one address. */
  signInByAddress: { attempts: 50, windowSeconds: 900 },
  /** Guessing one person's codes. */
  secondFactorByPerson: { attempts: 5, windowSeconds: 900 },
  /** Having mails sent: to one address, and from one. */
  mailToEmail: { attempts: 5, windowSeconds: 3600 },
  mailByAddress: { attempts: 30, windowSeconds: 3600 },
  /** Asking for challenges of passkeys. */
  passkeyByAddress: { attempts: 120, windowSeconds: 900 },
  /** Going to identity providers and coming back. */
  ssoByAddress: { attempts: 200, windowSeconds: 900 },
  /** Looking for links that sign in. */
  viewSignInLinkByAddress: { attempts: 60, windowSeconds: 900 },
  /** Looking for invitations, and accepting one as somebody new. */
  invitationByAddress: { attempts: 60, windowSeconds: 900 },
  /** Sending invitations: from one organization, and mails to one address, whoever sends them. */
  invitationsByOrganization: { attempts: 2_000, windowSeconds: 86_400 },
  invitationToEmail: { attempts: 10, windowSeconds: 86_400 },
  answerLinkByAddress: { attempts: 60, windowSeconds: 900 },
  /** Guessing the secret of one webhook or route. */
  endpointSecretByAddress: { attempts: 60, windowSeconds: 900 },
  badTokenByAddress: { attempts: 100, windowSeconds: 900 },
} as const satisfies Record<string, Limit>;

/** Counts one attempt; throws once there were too many in the current window. */
export async function countAttempt(what: keyof typeof LIMITS, by: string): Promise<void> {
  const { attempts, windowSeconds } = LIMITS[what];
  try {
    await countWithin(keyOf(what, by), attempts, windowSeconds);
  } catch (error) {
    if (DomainError.is(error, "rate_limited")) noteLimited(what);
    throw error;
  }
}

/** The same for limits that people set. */
export async function countWithin(key: string, attempts: number, windowSeconds: number): Promise<void> {
  const { rows } = await sharedPool().query<{ count: number; seconds: number }>(
    `insert into rate_limit as r (key, count, expires_at) values ($1, 1, now() + make_interval(secs => $2))
     on conflict (key) do update set
       count = case when r.expires_at <= now() then 1 else r.count + 1 end,
       expires_at = case when r.expires_at <= now() then excluded.expires_at else r.expires_at end
     returning count, ceil(extract(epoch from expires_at - now()))::int as seconds`,
    [key, windowSeconds],
  );
  const row = rows[0];
  if (row !== undefined && row.count > attempts) throw new DomainError("rate_limited", { retryAfterSeconds: Math.max(1, row.seconds), attempt: row.count });
}

/** A success wipes the slate. */
export async function forgetAttempts(what: keyof typeof LIMITS, by: string): Promise<void> {
  await sharedPool().query("delete from rate_limit where key = $1", [keyOf(what, by)]);
}

export async function sweepAttempts(): Promise<number> {
  const { rowCount } = await sharedPool().query("delete from rate_limit where expires_at < now()");
  return rowCount ?? 0;
}

function keyOf(what: string, by: string): string {
  // Of `what address` too, where each thing counts apart.
  const counted = what.endsWith("ByAddress") ? by.split(" ").map(networkOf).join(" ") : by;
  return `${what}:${counted}`.slice(0, 400);
}
