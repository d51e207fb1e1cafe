import { z } from "zod";
import { procedure, router, wholeProcedure } from "@/server/trpc/init";
import * as contract from "./contract";
import * as service from "./service";

const nothing = z.object({ ok: z.literal(true) });

export const organizingRouter = router({
  tree: procedure("workflow:read")
    .output(contract.treeSchema)
    .query(({ ctx }) => service.getTree(ctx)),
  createFolder: procedure("workflow:write")
    .input(contract.createFolderInput)
    .output(contract.folderSchema)
    .mutation(({ ctx, input }) => service.createFolder(ctx, input)),
  renameFolder: procedure("workflow:write")
    .input(contract.renameFolderInput)
    .output(nothing)
    .mutation(({ ctx, input }) => service.renameFolder(ctx, input)),
  moveFolder: procedure("workflow:write")
    .input(contract.moveFolderInput)
    .output(nothing)
    .mutation(({ ctx, input }) => service.moveFolder(ctx, input)),
  deleteFolder: procedure("workflow:write")
    .input(contract.folderRefInput)
    .output(contract.deletedFolderSchema)
    .mutation(({ ctx, input }) => service.deleteFolder(ctx, input)),
  restoreFolder: procedure("workflow:write")
    .input(contract.deletedFolderSchema)
    .output(nothing)
    .mutation(({ ctx, input }) => service.restoreFolder(ctx, input)),
  createTag: wholeProcedure("workflow:write")
    .input(contract.createTagInput)
    .output(contract.tagSchema)
    .mutation(({ ctx, input }) => service.createTag(ctx, input)),
  updateTag: wholeProcedure("workflow:write")
    .input(contract.updateTagInput)
    .output(nothing)
    .mutation(({ ctx, input }) => service.updateTag(ctx, input)),
  deleteTag: wholeProcedure("workflow:write")
    .input(contract.tagRefInput)
    .output(contract.deletedTagSchema)
    .mutation(({ ctx, input }) => service.deleteTag(ctx, input)),
  moveItems: procedure("workflow:write")
    .input(contract.moveItemsInput)
    .output(contract.movedItemsSchema)
    .mutation(({ ctx, input }) => service.moveItems(ctx, input)),
  tagItems: procedure("workflow:write")
    .input(contract.tagItemsInput)
    .output(nothing)
    .mutation(({ ctx, input }) => service.tagItems(ctx, input)),
  setFavorite: procedure("workflow:read")
    .input(contract.setFavoriteInput)
    .output(nothing)
    .mutation(({ ctx, input }) => service.setFavorite(ctx, input)),
});
