import { z } from "zod";

/** RFC 9457, with the fields that are wrong in `errors`. */
export const problemDocumentSchema = z.looseObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  instance: z.string().optional(),
  errors: z.array(z.object({ field: z.string(), reason: z.string() })).optional(),
});
export type ProblemDocument = z.output<typeof problemDocumentSchema>;
