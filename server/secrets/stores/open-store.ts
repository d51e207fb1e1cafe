import { awsStore } from "./aws";
import { azureStore } from "./azure";
import type { StoreKind } from "@/server/secret-stores/constants";
import type { StoreConfig, StoreConfigOf } from "@/server/secret-stores/contract";
import { gcpStore } from "./gcp";
import type { ExternalStore } from "./port";
import { vaultStore } from "./vault";

type Opener<Kind extends StoreKind> = (config: StoreConfigOf<Kind>, credential: string) => ExternalStore;

const OPENERS = { vault: vaultStore, aws: awsStore, gcp: gcpStore, azure: azureStore } satisfies { [Kind in StoreKind]: Opener<Kind> };

export function openStore(config: StoreConfig, credential: string): ExternalStore {
  return (OPENERS[config.kind] as Opener<StoreKind>)(config, credential);
}
