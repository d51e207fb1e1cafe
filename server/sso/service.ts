import { addressesOf } from "./addresses";
import { connectionOfAddress } from "./domains";

export { createConnection, enableConnection, removeConnection, updateConnection, viewSso } from "./connections";
export { addDomain, ownsDomainOf, removeDomain, routeDomain, verifyDomain } from "./domains";
export { recheckDomains } from "./recheck-domains";
export { watchCertificates } from "./watch-certificates";
export { SEALED_CLIENT_SECRETS } from "./oidc";
export { handleSso } from "./handle";
export { readMetadata } from "./provider-metadata";
export { viewTrial } from "./trial";

/** Where somebody with this address signs in; null: here. */
export async function findSso(email: string, next: string): Promise<{ start: string | null }> {
  const connection = await connectionOfAddress(email);
  if (connection === null) return { start: null };
  const { pathname } = new URL(addressesOf(connection.id).start);
  return { start: `${pathname}?${new URLSearchParams({ next, login_hint: email }).toString()}` };
}
