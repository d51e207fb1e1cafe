// What other modules use of secrets.
export { activeDataKey, openDataKey, replaceDataKey, WRAPPED_DATA_KEYS } from "./data-keys";
export { newKey, open, seal, SealBroken, type Sealed } from "./envelope";
export { deleteSecret, putSecret } from "./change";
export { requireNaming } from "./naming";
export { masterKeyFingerprint, masterKeyIds, masterKeyOf, masterKeyProblem, MasterKeyMismatch, openMasterKeys, presentMasterKey } from "./master-key/keyring";
export { openForPerson, sealForPerson } from "./personal";
export { createRedactor, type Redactor } from "./redactor";
export { readTriggerSecret, resolveSecrets, type ResolvedSecrets } from "./resolve";
export type { MasterSealedPlace, SealedPlace } from "./sealed-place";
export { SEALED_SECRETS } from "./secret-value";
export { SEALED_STORES } from "./stores/rows";
export { listStores, removeStore, saveStore, testStore } from "./stores/manage";
export { listSecrets, secretsOfWorkflow, viewSecretUses } from "./views";
