import type { Scope } from "@/server/auth/scope";
import type { Tree } from "./contract";
import { readTree } from "./queries";

export { createFolder, deleteFolder, moveFolder, renameFolder, restoreFolder } from "./folders";
export { createTag, deleteTag, tagItems, updateTag } from "./tags";
export { arrange, copyTags, moveItems, placeNew, setFavorite } from "./items";
export { ensureFolder, ensureTags, pathOfFolder } from "./names";
export { type Arrangement, findArrangements, findFolder, requireWholeWorkspace, tellTreeChanged } from "./queries";

/** All folders and tags of the workspace, with how much each holds. */
export function getTree({ scope }: { scope: Scope }): Promise<Tree> {
  return scope.db.transaction((tx) => readTree(tx, scope.userId));
}
