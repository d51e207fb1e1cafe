import { z } from "zod";
import { procedure, router } from "@/server/trpc/init";
import * as contract from "./contract";
import * as service from "./service";

export const workspaceSettingsRouter = router({
  set: procedure("settings:write").input(contract.setWorkspaceSettingsInput).output(z.object({ ok: z.literal(true) })).mutation(({ ctx, input }) => service.setWorkspaceSettings(ctx, input)),
});
