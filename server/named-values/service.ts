// What variables and secrets have in common: names that workflows see by where they lie, and who uses them.
export { chainOf, type FolderPlace, overridingOf, type Placed, seenFrom, seenFromAny } from "./scoping";
export { folderOfWorkflow, requireEnvironment, requireFreePlace, requirePlace, tellNamesChanged } from "./place";
export { findFolderPlaces, findUses } from "./uses";
