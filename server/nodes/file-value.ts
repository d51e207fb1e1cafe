import { z } from "zod";

/** Binary as it travels between steps. The bytes are in the blob store, bound to the workspace. */
export const fileValueSchema = z.strictObject({
  $file: z.strictObject({ id: z.string().min(1).max(200), name: z.string().max(500), mediaType: z.string().max(200), size: z.number().min(0) }),
});
export type FileValue = z.output<typeof fileValueSchema>;

export function isFileValue(value: unknown): value is FileValue {
  return fileValueSchema.safeParse(value).success;
}
