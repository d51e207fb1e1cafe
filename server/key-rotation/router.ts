import { router, wholeProcedure } from "@/server/trpc/init";
import * as contract from "./contract";
import * as service from "./service";

export const keyRotationRouter = router({
  view: wholeProcedure("secret:list").output(contract.rotationStateSchema).query(({ ctx }) => service.viewRotation(ctx)),
  rotate: wholeProcedure("settings:write").output(contract.rotationStateSchema).mutation(({ ctx }) => service.rotateWorkspaceKey(ctx)),
});
