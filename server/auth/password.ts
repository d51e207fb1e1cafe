import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import { hash, verify } from "@node-rs/argon2";

/** argon2id with what OWASP recommends; the parameters stand in each hash, so that stronger ones need no migration. */
const SETTINGS = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;
const CURRENT_PREFIX = `$argon2id$v=19$m=${SETTINGS.memoryCost},t=${SETTINGS.timeCost},p=${SETTINGS.parallelism}$`;
const DECOY_BYTES = 16;

export function hashPassword(password: string): Promise<string> {
  return hash(password.normalize("NFKC"), SETTINGS);
}

/** Takes as long for a person who does not exist (`null`) as for a wrong password. */
export async function verifyPassword(password: string, stored: string | null): Promise<boolean> {
  const given = password.normalize("NFKC");
  const against = stored ?? (await decoy());
  if (against.startsWith("scrypt$")) return verifyScrypt(given, against);
  if (!against.startsWith("$argon2id$")) return false;
  return (await verify(against, given)) && stored !== null;
}

/** Of an earlier release, or with weaker settings: the next sign-in makes a new one. */
export function isOutdated(stored: string): boolean {
  return !stored.startsWith(CURRENT_PREFIX);
}

let decoyHash: Promise<string> | undefined;
function decoy(): Promise<string> {
  return (decoyHash ??= hashPassword(randomBytes(DECOY_BYTES).toString("hex")));
}

/** `scrypt$cost$blockSize$parallelism$salt$key`. */
async function verifyScrypt(password: string, stored: string): Promise<boolean> {
  const [, cost, blockSize, parallelism, salt, key] = stored.split("$");
  if (salt === undefined || key === undefined) return false;
  const expected = Buffer.from(key, "base64url");
  const options = { N: Number(cost), r: Number(blockSize), p: Number(parallelism), maxmem: 256 * Number(cost) * Number(blockSize) };
  const actual = await new Promise<Buffer>((resolve, reject) => {
    scrypt(password, Buffer.from(salt, "base64url"), expected.length, options, (error, derived) => (error ? reject(error) : resolve(derived)));
  });
  return timingSafeEqual(actual, expected);
}
