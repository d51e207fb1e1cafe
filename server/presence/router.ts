import { z } from "zod";
import { procedure, router } from "@/server/trpc/init";
import { listPresenceInput, presenceSchema, tellPresenceInput } from "./contract";
import { listPresence, tellPresence } from "./service";

export const presenceRouter = router({
  list: procedure("workflow:read")
    .input(listPresenceInput)
    .output(z.array(presenceSchema))
    .query(({ ctx, input }) => listPresence(ctx, input)),
  tell: procedure("workflow:read")
    .input(tellPresenceInput)
    .output(z.object({ ok: z.literal(true) }))
    .mutation(({ ctx, input }) => tellPresence(ctx, input)),
});
