import { z } from "zod";

/** One open page of a workflow. */
export const presenceSchema = z.object({ page: z.string(), user: z.object({ id: z.string(), name: z.string() }), nodeId: z.string().nullable() });
export type Presence = z.output<typeof presenceSchema>;

export const listPresenceInput = z.object({ workflowId: z.uuid() });
export const tellPresenceInput = listPresenceInput.extend({
  /** Made up by the page when it opens. */
  page: z.string().min(8).max(64),
  nodeId: z.string().max(100).nullable(),
  gone: z.boolean().default(false),
});
