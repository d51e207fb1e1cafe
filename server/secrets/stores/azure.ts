import { z } from "zod";
import type { StoreConfigOf } from "@/server/secret-stores/contract";
import { callStore } from "./outbound";
import { type ExternalStore, memberOf, parseRef, StoreRefused } from "./port";

const AUTHORITY = "https://login.microsoftonline.com";
const SCOPE = "https://vault.azure.net/.default";
const API = "api-version=7.4";
const RENEW_BEFORE_MS = 60_000;
const tokenSchema = z.object({ access_token: z.string(), expires_in: z.coerce.number() });
const secretSchema = z.object({ value: z.string() });

/** Azure Key Vault, by the secret of an application. */
export function azureStore({ url, tenantId, clientId, authority = AUTHORITY }: StoreConfigOf<"azure">, clientSecret: string): ExternalStore {
  const base = url.replace(/\/+$/, "");
  let signedIn: { token: string; until: number } | null = null;

  async function token(): Promise<string> {
    if (signedIn !== null && Date.now() < signedIn.until) return signedIn.token;
    const body = new URLSearchParams({ grant_type: "client_credentials", client_id: clientId, client_secret: clientSecret, scope: SCOPE }).toString();
    const answer = await callStore("Microsoft Entra", `${authority.replace(/\/+$/, "")}/${tenantId}/oauth2/v2.0/token`, { method: "POST", headers: { "content-type": "application/x-www-form-urlencoded" }, body });
    const found = tokenSchema.safeParse(answer.json);
    if (answer.status !== 200 || !found.success) throw new StoreRefused(`Microsoft Entra refuses the sign-in of ${clientId} (${answer.status})`);
    signedIn = { token: found.data.access_token, until: Date.now() + found.data.expires_in * 1_000 - RENEW_BEFORE_MS };
    return signedIn.token;
  }

  const get = async (path: string) => callStore("Azure Key Vault", `${base}/${path}`, { headers: { authorization: `Bearer ${await token()}` } });

  return {
    async read(ref) {
      const { path, key } = parseRef(ref);
      const [name = "", version = ""] = path.split("/");
      const answer = await get(`secrets/${encodeURIComponent(name)}/${encodeURIComponent(version)}?${API}`);
      const found = secretSchema.safeParse(answer.json);
      if (answer.status !== 200 || !found.success) throw new StoreRefused(answer.status === 404 ? `Azure Key Vault has no ${path}` : `Azure Key Vault answered ${answer.status} for ${path}`);
      return memberOf(found.data.value, { path, key });
    },
    async check() {
      const { status } = await get(`secrets?${API}&maxresults=1`);
      // 403: signed in, and may read secrets but not list them.
      if (status !== 200 && status !== 403) throw new StoreRefused(`Azure Key Vault answered ${status}`);
    },
  };
}
