export { type Holder, holderIn, rightsOfHolder } from "./holder";
export { endOfToken, hasEnded, mostDays } from "./lifetime";
export { createToken, listTokens, refuseNoNetworks, requireGiving, revokeToken, rotateToken, scopesFor } from "./manage";
export { recordRefusal, type Refusal } from "./refusals";
export { FolderPlaces, shownScopes } from "./scopes";
export { freshSecret, hashOf, looksLike } from "./secret";
export { tokenIsNotValid, type VerifiedToken, verifyToken, withinOf } from "./verify";
