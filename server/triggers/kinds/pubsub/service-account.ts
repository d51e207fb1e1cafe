import { importPKCS8, SignJWT } from "jose";
import { z } from "zod";

const AUDIENCE = "https://pubsub.googleapis.com/";
const LIFETIME_SECONDS = 3_600;
const RENEW_BEFORE_MS = 300_000;

/** Only keys of service accounts: files of other types name addresses and programs that a library would follow. */
const keySchema = z.object({ type: z.literal("service_account"), client_email: z.string().min(3), private_key: z.string().min(100), private_key_id: z.string().optional() });

/**
 * Bearer tokens that the key itself signs (Google calls it a self-signed JWT): nothing has to be asked for them. Answers null
 * without a key, as an emulator wants it.
 */
export async function openTokens(secret: string | undefined): Promise<(() => Promise<string>) | null> {
  if (secret === undefined) return null;
  const { client_email: email, private_key: pem, private_key_id: keyId } = parseKey(secret);
  const key = await importPKCS8(pem, "RS256");
  let current: { token: string; until: number } | null = null;
  return async () => {
    if (current !== null && Date.now() < current.until) return current.token;
    const token = await new SignJWT({})
      .setProtectedHeader({ alg: "RS256", typ: "JWT", ...(keyId === undefined ? {} : { kid: keyId }) })
      .setIssuer(email)
      .setSubject(email)
      .setAudience(AUDIENCE)
      .setIssuedAt()
      .setExpirationTime(`${LIFETIME_SECONDS}s`)
      .sign(key);
    current = { token, until: Date.now() + LIFETIME_SECONDS * 1_000 - RENEW_BEFORE_MS };
    return token;
  };
}

function parseKey(secret: string): z.output<typeof keySchema> {
  let json: unknown;
  try {
    json = JSON.parse(secret);
  } catch {
    // The parser's own message would show a part of the key.
    throw new Error("the secret is no JSON: it must hold the whole key file of a service account");
  }
  const key = keySchema.safeParse(json);
  if (!key.success) throw new Error(`the secret is no key of a service account: ${key.error.issues[0]?.path.join(".") ?? ""} ${key.error.issues[0]?.message ?? ""}`);
  return key.data;
}
