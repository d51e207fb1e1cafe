import { SEALED_CHANNELS } from "@/server/alerts/service";
import { SEALED_AUDIT_KEY } from "@/server/audit-chain/service";
import { SEALED_STREAMS } from "@/server/audit-streams/service";
import { SEALED_FACTORS } from "@/server/auth/factors/totp";
import { type MasterSealedPlace, SEALED_SECRETS, SEALED_STORES, type SealedPlace, WRAPPED_DATA_KEYS } from "@/server/secrets/service";
import { SEALED_CLIENT_SECRETS } from "@/server/sso/service";
import { SEALED_ADDRESSES, SEALED_EVENTS, SEALED_SUBSCRIPTIONS } from "@/server/triggers/service";

/** All that is sealed with data keys. A test compares it with the foreign keys of the database. */
export const SEALED_PLACES: readonly SealedPlace[] = [SEALED_SECRETS, SEALED_STORES, SEALED_CHANNELS, SEALED_ADDRESSES, SEALED_SUBSCRIPTIONS, SEALED_EVENTS];

/** All that is sealed under the master key itself. */
export const MASTER_SEALED_PLACES: readonly MasterSealedPlace[] = [WRAPPED_DATA_KEYS, SEALED_FACTORS, SEALED_CLIENT_SECRETS, SEALED_STREAMS, SEALED_AUDIT_KEY];
