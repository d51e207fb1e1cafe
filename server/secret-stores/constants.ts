export const STORE_KINDS = ["vault", "aws", "gcp", "azure"] as const;
export type StoreKind = (typeof STORE_KINDS)[number];
export const MAX_STORES = 50;
export const CACHE_SECONDS_MAX = 3_600;
