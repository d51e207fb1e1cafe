import { z } from "zod";
import { momentSchema } from "@/server/paging/contract";
import { CACHE_SECONDS_MAX, STORE_KINDS } from "./constants";

const text = (max: number) => z.string().trim().min(1).max(max);
const address = z.url({ protocol: /^https?$/, error: "must begin with https:// or http://" }).max(500);
const pathPart = z.string().regex(/^[A-Za-z0-9._-]+(\/[A-Za-z0-9._-]+)*$/, "must be a path of letters, digits, . _ and -").max(200);

/** How each kind is reached. The credential that belongs to it (token, secret id, key …) is given beside it and never shown. */
export const storeConfigSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("vault"),
    url: address,
    mount: pathPart.default("secret"),
    namespace: pathPart.optional(),
    /** With AppRole the credential is the secret id, else it is a token. */
    roleId: text(200).optional(),
    authMount: pathPart.default("approle"),
  }),
  z.strictObject({ kind: z.literal("aws"), region: z.string().regex(/^[a-z0-9-]{1,50}$/, "must be a region such as eu-central-1"), accessKeyId: text(200), endpoint: address.optional() }),
  z.strictObject({ kind: z.literal("gcp"), projectId: z.string().regex(/^[a-z0-9:.-]{1,100}$/, "must be the id of a project"), endpoint: address.optional() }),
  z.strictObject({ kind: z.literal("azure"), url: address, tenantId: z.string().regex(/^[A-Za-z0-9.-]{1,100}$/, "must be the id of a tenant"), clientId: text(200), authority: address.optional() }),
]);
export type StoreConfig = z.output<typeof storeConfigSchema>;
export type StoreConfigOf<Kind extends StoreConfig["kind"]> = Extract<StoreConfig, { kind: Kind }>;

export const storeViewSchema = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.enum(STORE_KINDS),
  config: storeConfigSchema,
  cacheSeconds: z.int(),
  updatedAt: momentSchema,
  /** How many secrets lie there. */
  secrets: z.int(),
});
export type StoreView = z.output<typeof storeViewSchema>;

export const saveStoreInput = z.object({
  /** Left out: a new one. */
  storeId: z.uuid().optional(),
  name: text(100),
  config: storeConfigSchema,
  /** Left out: stays as it is. */
  credential: z.string().min(1).max(20_000).optional(),
  cacheSeconds: z.int().min(0).max(CACHE_SECONDS_MAX).default(60),
});
export const storeRefInput = z.object({ storeId: z.uuid() });
/** `ref`: also asks for this secret, of which nothing is shown. */
export const testStoreInput = storeRefInput.extend({ ref: z.string().min(1).max(500).optional() });
export const testedStoreSchema = z.object({ ok: z.boolean(), problem: z.string().nullable() });
