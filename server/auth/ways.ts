import { pageOriginOf, relyingParty } from "./factors/relying-party";
import { canSendMail } from "./mail/queue";
import { configuredProviders } from "./providers";

/** What works here for whoever comes from this page. */
export function viewWays(headers: Headers) {
  return { mail: canSendMail(), passkey: relyingParty(pageOriginOf(headers)) !== null, providers: configuredProviders() };
}
