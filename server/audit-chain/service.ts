// What makes the audit log show that somebody was at it: its chains, the key that signs their ends, and the only way in which old entries go.
export { SEALED_AUDIT_KEY } from "./key";
export { replaceAuditKey } from "./new-key";
export { removeOldAuditEvents } from "./remove-old";
export { sealAuditEvents } from "./sealer";
export { verifyAuditChain } from "./verify";
export { type Difference, type KnownEnd, verifyAgainst } from "./witness";
