import { z } from "zod";
import { requiredText, text } from "@/server/nodes/fields";
import { secretName } from "@/server/triggers/kind";

/** How a connection is encrypted, and who we are in it. */
export const TLS_FIELDS = {
  tls: z.boolean().default(false).describe("Encrypt the connection and check the server's certificate."),
  caSecret: secretName().optional().describe("Secret that holds the certificate of the server's authority (PEM), where that is none of those that are known to everybody."),
  certificateSecret: secretName().optional().describe("Secret that holds the certificate that we show (PEM, with those between it and its authority), where the server asks for one."),
  keySecret: secretName().optional().describe("Secret that holds the key of that certificate (PEM, without a passphrase)."),
} as const;
export type TlsFields = z.output<z.ZodObject<typeof TLS_FIELDS>>;

/** Where a server is and who we are there, as all kinds that connect to one ask for it. */
export function remoteFields(port: number) {
  return {
    host: requiredText(300).describe("Name or address of the server."),
    port: z.int().min(1).max(65_535).default(port),
    ...TLS_FIELDS,
    username: text(200).optional(),
    secret: secretName().optional().describe("Secret that holds the password."),
  };
}

export function checkTls({ tls, caSecret, certificateSecret, keySecret }: Record<string, unknown>): { path: string; message: string }[] {
  const given = Object.entries({ caSecret, certificateSecret, keySecret }).filter(([, name]) => name !== undefined);
  if (tls !== true) return given.slice(0, 1).map(([field]) => ({ path: `/${field}`, message: "is for encrypted connections: choose tls too" }));
  if (certificateSecret !== undefined && keySecret === undefined) return [{ path: "/keySecret", message: "is required with a certificate" }];
  return keySecret !== undefined && certificateSecret === undefined ? [{ path: "/certificateSecret", message: "is required with a key" }] : [];
}
