import { z } from "zod";
import { rawDb } from "@/server/db/client";
import type { Tx } from "@/server/db/scoped";
import { activeDataKey, open, openDataKey, seal, type SealedPlace } from "@/server/secrets/service";

/** What a channel must not show: the address of a Slack webhook, the key that signs. */
const channelSecretsSchema = z.object({ url: z.string().optional(), signingSecret: z.string().optional() });
export type ChannelSecrets = z.output<typeof channelSecretsSchema>;

interface Place {
  id: string;
  workspaceId: string;
}

export async function sealChannelSecrets(tx: Tx, place: Place, secrets: ChannelSecrets) {
  const { id: dataKeyId, key } = await activeDataKey(tx, place.workspaceId);
  return { dataKeyId, sealed: seal(key, Buffer.from(JSON.stringify(secrets), "utf8"), bindingOf(place)) };
}

export async function openChannelSecrets({ sealed, dataKeyId, ...place }: Place & { sealed: Uint8Array | null; dataKeyId: string | null }): Promise<ChannelSecrets> {
  if (sealed === null || dataKeyId === null) return {};
  const row = await rawDb().dataKey.findFirstOrThrow({ where: { id: dataKeyId, workspaceId: place.workspaceId } });
  return channelSecretsSchema.parse(JSON.parse(open(openDataKey(row).key, sealed, bindingOf(place)).toString("utf8")));
}

export const SEALED_CHANNELS: SealedPlace = { table: "notification_channel", sealed: "sealed", dataKey: "data_key_id", binding: bindingOf };

function bindingOf({ id, workspaceId }: Place): string {
  return `notification channel ${id} of workspace ${workspaceId}`;
}
