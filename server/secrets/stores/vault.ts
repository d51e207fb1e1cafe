import { z } from "zod";
import type { StoreConfigOf } from "@/server/secret-stores/contract";
import { type Answer, type Call, callStore } from "./outbound";
import { type ExternalStore, memberText, parseRef, StoreRefused } from "./port";

const RENEW_BEFORE_MS = 10_000;
const loginSchema = z.object({ auth: z.object({ client_token: z.string(), lease_duration: z.number() }) });
const secretSchema = z.object({ data: z.object({ data: z.record(z.string(), z.unknown()).nullable() }) });

/** HashiCorp Vault (and OpenBao): the KV engine of version 2, by token or AppRole. */
export function vaultStore({ url, mount, namespace, roleId, authMount }: StoreConfigOf<"vault">, credential: string): ExternalStore {
  const base = `${url.replace(/\/+$/, "")}/v1`;
  const common: Record<string, string> = namespace === undefined ? {} : { "x-vault-namespace": namespace };
  let login: { token: string; until: number } | null = null;

  const call = (path: string, init: Call = {}): Promise<Answer> => callStore("Vault", `${base}/${path}`, { ...init, headers: { ...common, ...init.headers } });

  async function token(): Promise<string> {
    if (roleId === undefined) return credential;
    if (login !== null && Date.now() < login.until) return login.token;
    const answer = await call(`auth/${authMount}/login`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ role_id: roleId, secret_id: credential }) });
    const found = loginSchema.safeParse(answer.json);
    if (answer.status !== 200 || !found.success) throw refused("the sign-in by AppRole", answer);
    const { client_token, lease_duration } = found.data.auth;
    login = { token: client_token, until: lease_duration === 0 ? Infinity : Date.now() + lease_duration * 1_000 - RENEW_BEFORE_MS };
    return client_token;
  }

  /** A token of an AppRole may be revoked before its time: then another is asked for, once. */
  async function get(path: string): Promise<Answer> {
    const answer = await call(path, { headers: { "x-vault-token": await token() } });
    if (answer.status !== 403 || roleId === undefined) return answer;
    login = null;
    return call(path, { headers: { "x-vault-token": await token() } });
  }

  return {
    async read(ref) {
      const { path, key } = parseRef(ref);
      const answer = await get(`${mount}/data/${path.split("/").map(encodeURIComponent).join("/")}`);
      const found = secretSchema.safeParse(answer.json);
      if (answer.status === 404 || (found.success && found.data.data.data === null)) throw new StoreRefused(`Vault has no ${mount}/${path}, or its newest version is deleted`);
      if (answer.status !== 200 || !found.success) throw refused(`${mount}/${path}`, answer);
      const members = found.data.data.data ?? {};
      const names = Object.keys(members);
      if (key === null && names.length !== 1) throw new StoreRefused(`${mount}/${path} has ${names.length} members: name one as ${path}#member`);
      return memberText(members, { path, key: key ?? names[0] ?? "" });
    },
    async check() {
      const answer = await get("auth/token/lookup-self");
      if (answer.status !== 200) throw refused("the token", answer);
    },
  };
}

function refused(what: string, { status }: Answer): StoreRefused {
  if (status === 403 || status === 400) return new StoreRefused(`Vault refuses ${what} (${status}): the credential is wrong, or its policy does not allow it`);
  if (status === 503) return new StoreRefused("Vault is sealed or in maintenance (503)");
  return new StoreRefused(`Vault answered ${status} for ${what}`);
}
