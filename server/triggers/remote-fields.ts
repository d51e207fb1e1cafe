import { z } from "zod";
import { requiredText, text } from "@/server/nodes/fields";
import { secretName } from "@/server/triggers/kind";

/** Where a server is and who we are there, as all kinds that connect to one ask for it. */
export function remoteFields(port: number) {
  return {
    host: requiredText(300).describe("Name or address of the server."),
    port: z.int().min(1).max(65_535).default(port),
    tls: z.boolean().default(false).describe("Encrypt the connection and check the server's certificate."),
    username: text(200).optional(),
    secret: secretName().optional().describe("Secret that holds the password."),
  };
}
