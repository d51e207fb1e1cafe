import { rawDb } from "@/server/db/client";
import { pageOriginOf, relyingParty } from "./factors/relying-party";
import { canSendMail } from "./mail/queue";
import { configuredProviders } from "./providers";

/** What works here for whoever comes from this page. */
export async function viewWays(headers: Headers) {
  const sso = (await rawDb().ssoConnection.count({ where: { enabled: true } })) > 0;
  return { sso, mail: canSendMail(), passkey: relyingParty(pageOriginOf(headers)) !== null, providers: configuredProviders() };
}
