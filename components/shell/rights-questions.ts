import { MAX_PLACES } from "@/server/access/constants";

interface Question {
  workflowIds: string[];
  folderIds: string[];
}

/** As many questions as it takes: none asks for more than the server answers. */
export function questionsFor(workflowIds: readonly string[], folderIds: readonly string[]): Question[] {
  const count = Math.ceil(Math.max(workflowIds.length, folderIds.length) / MAX_PLACES);
  return Array.from({ length: count }, (_, index) => {
    const part = (ids: readonly string[]) => ids.slice(index * MAX_PLACES, (index + 1) * MAX_PLACES);
    return { workflowIds: part(workflowIds), folderIds: part(folderIds) };
  });
}
