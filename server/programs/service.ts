export { createApplication, listApplications, removeApplication, rotateSecret } from "./applications";
export { createIssuer, listIssuers, removeIssuer, setIssuer } from "./issuers";
export { createServiceAccount, listServiceAccounts, removeServiceAccount, updateServiceAccount } from "./service-accounts";
export { metadataResponse, revokeResponse, tokenResponse } from "./token-endpoint";
