import { LocalServer, type Asked, type Reply } from "./local-server";

const ERRORS = (status: number, ...errors: string[]): Reply => ({ status, json: { errors } });

/** The parts of HashiCorp Vault's HTTP API that the product uses, as its documentation describes them: KV v2, AppRole, token self-lookup, namespaces. */
export class VaultServer {
  readonly secrets = new Map<string, Record<string, unknown> | null>();
  readonly tokens = new Set(["root-token"]);
  readonly roles = new Map([["role-1", "secret-id-1"]]);
  namespace: string | undefined;
  sealed = false;
  logins = 0;
  leaseSeconds = 3_600;
  local!: LocalServer;

  static async start(): Promise<VaultServer> {
    const vault = new VaultServer();
    vault.local = await LocalServer.start((asked) => vault.#answer(asked));
    return vault;
  }

  #answer({ method, path, headers, body }: Asked): Reply {
    if (this.sealed) return ERRORS(503, "Vault is sealed");
    if (headers["x-vault-namespace"] !== this.namespace) return ERRORS(404, "no handler for route");
    if (path === "/v1/auth/approle/login" && method === "POST") {
      const { role_id, secret_id } = JSON.parse(body) as { role_id: string; secret_id: string };
      if (this.roles.get(role_id) !== secret_id) return ERRORS(400, "invalid role or secret ID");
      const token = `approle-${(this.logins += 1)}`;
      this.tokens.add(token);
      return { status: 200, json: { auth: { client_token: token, lease_duration: this.leaseSeconds, renewable: true } } };
    }
    if (!this.tokens.has(String(headers["x-vault-token"]))) return ERRORS(403, "permission denied");
    if (path === "/v1/auth/token/lookup-self") return { status: 200, json: { data: { display_name: "test" } } };
    const name = /^\/v1\/secret\/data\/(.+)$/.exec(path)?.[1];
    if (name === undefined || !this.secrets.has(decodeURIComponent(name))) return ERRORS(404);
    const data = this.secrets.get(decodeURIComponent(name));
    return { status: data === null ? 404 : 200, json: { data: { data, metadata: { version: 1, deletion_time: data === null ? "2026-01-01T00:00:00Z" : "" } } } };
  }
}
