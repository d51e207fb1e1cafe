import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { StoreConfigOf } from "@/server/secret-stores/contract";
import { storeAgents } from "./outbound";
import { type ExternalStore, memberOf, parseRef, StoreRefused } from "./port";

const TIMEOUT_MS = 15_000;
/** The credential was taken; it may do no more than what it is for. */
const SIGNED_IN = ["AccessDeniedException"];

/** AWS Secrets Manager. The machine's own identity is not the workspace's: nothing but the given key is used. */
export function awsStore({ region, accessKeyId, endpoint }: StoreConfigOf<"aws">, secretAccessKey: string): ExternalStore {
  async function ask<Result>(work: (client: SecretsManagerClient) => Promise<Result>): Promise<Result> {
    const { SecretsManagerClient: Client } = await import("@aws-sdk/client-secrets-manager");
    const agents = storeAgents();
    const client = new Client({ region, ...(endpoint === undefined ? {} : { endpoint }), credentials: { accessKeyId, secretAccessKey }, maxAttempts: 2, requestHandler: { ...agents, connectionTimeout: TIMEOUT_MS, requestTimeout: TIMEOUT_MS } });
    try {
      return await work(client);
    } finally {
      client.destroy();
      for (const agent of Object.values(agents)) agent.destroy();
    }
  }
  return {
    read: (ref) =>
      ask(async (client) => {
        const { GetSecretValueCommand } = await import("@aws-sdk/client-secrets-manager");
        const { path, key } = parseRef(ref);
        const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: path })).catch((error: unknown) => refuse(error, path));
        if (SecretString === undefined) throw new StoreRefused(`AWS Secrets Manager has no text in ${path}`);
        return memberOf(SecretString, { path, key });
      }),
    check: () =>
      ask(async (client) => {
        const { ListSecretsCommand } = await import("@aws-sdk/client-secrets-manager");
        await client.send(new ListSecretsCommand({ MaxResults: 1 })).catch((error: unknown) => (error instanceof Error && SIGNED_IN.includes(error.name) ? undefined : refuse(error, "the list")));
      }),
  };
}

function refuse(error: unknown, what: string): never {
  const { name, message } = error instanceof Error ? error : { name: "error", message: "" };
  throw new StoreRefused(`AWS Secrets Manager, ${what}: ${name}${message === "" || message === name ? "" : `: ${message}`}`);
}
