import { z } from "zod";
import { pageOf, searchedPageInput } from "@/server/paging/contract";

/** Who may have started runs, service accounts too. `id`: that one alone. */
export const listStartersInput = z.object({ ...searchedPageInput, id: z.uuid().optional() });
export const starterSchema = z.object({ id: z.string(), name: z.string(), isProgram: z.boolean() });
export type Starter = z.output<typeof starterSchema>;
export const starterPageSchema = pageOf(starterSchema);

/** Numbered versions of a workflow. `search`: how the number begins; `id`: that one alone. */
export const listVersionChoicesInput = z.object({ ...searchedPageInput, workflowId: z.uuid(), id: z.uuid().optional() });
export const versionChoiceSchema = z.object({ id: z.string(), number: z.int() });
export type VersionChoice = z.output<typeof versionChoiceSchema>;
export const versionChoicePageSchema = pageOf(versionChoiceSchema);
