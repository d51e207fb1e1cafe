import { importPKCS8, SignJWT } from "jose";
import { z } from "zod";
import type { StoreConfigOf } from "@/server/secret-stores/contract";
import { type Answer, callStore } from "./outbound";
import { type ExternalStore, memberOf, parseRef, StoreRefused } from "./port";

const ENDPOINT = "https://secretmanager.googleapis.com";
const LIFETIME_SECONDS = 600;
/** Only keys of service accounts: files of other types name addresses and programs that a library would follow. */
const keySchema = z.object({ type: z.literal("service_account"), client_email: z.string().min(3), private_key: z.string().min(100), private_key_id: z.string().optional() });
const payloadSchema = z.object({ payload: z.object({ data: z.string() }) });

/** Google Secret Manager, by the key of a service account, which signs its tokens itself. */
export function gcpStore({ projectId, endpoint = ENDPOINT }: StoreConfigOf<"gcp">, credential: string): ExternalStore {
  const base = `${endpoint.replace(/\/+$/, "")}/v1/projects/${encodeURIComponent(projectId)}/secrets`;
  const get = async (url: string): Promise<Answer> => callStore("Google Secret Manager", url, { headers: { authorization: `Bearer ${await tokenOf(credential)}` } });
  return {
    async read(ref) {
      const { path, key } = parseRef(ref);
      const [name = "", version = "latest"] = path.split("@");
      const answer = await get(`${base}/${encodeURIComponent(name)}/versions/${encodeURIComponent(version)}:access`);
      const found = payloadSchema.safeParse(answer.json);
      if (answer.status !== 200 || !found.success) throw new StoreRefused(answer.status === 404 ? `Google Secret Manager has no ${path}` : `Google Secret Manager answered ${answer.status} for ${path}`);
      return memberOf(Buffer.from(found.data.payload.data, "base64").toString("utf8"), { path, key });
    },
    async check() {
      const { status } = await get(`${base}?pageSize=1`);
      // 403: signed in, and may read secrets but not list them.
      if (status !== 200 && status !== 403) throw new StoreRefused(`Google Secret Manager answered ${status}`);
    },
  };
}

async function tokenOf(credential: string): Promise<string> {
  const { client_email: email, private_key: pem, private_key_id: keyId } = parseKey(credential);
  const key = await importPKCS8(pem, "RS256").catch(() => Promise.reject(new StoreRefused("the private key in the service account's file cannot be read")));
  return new SignJWT({})
    .setProtectedHeader({ alg: "RS256", typ: "JWT", ...(keyId === undefined ? {} : { kid: keyId }) })
    .setIssuer(email)
    .setSubject(email)
    .setAudience(`${ENDPOINT}/`)
    .setIssuedAt()
    .setExpirationTime(`${LIFETIME_SECONDS}s`)
    .sign(key);
}

function parseKey(credential: string): z.output<typeof keySchema> {
  try {
    const key = keySchema.safeParse(JSON.parse(credential));
    if (key.success) return key.data;
  } catch {
    // The parser's own message would show a part of the key.
  }
  throw new StoreRefused("the credential must be the whole key file of a service account, as JSON");
}
