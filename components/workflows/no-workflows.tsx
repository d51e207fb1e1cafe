import { Archive, Folder, SearchX, Star, Trash2, Workflow } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { isNarrowed, type ListFilter } from "./list-filter";

export function NoWorkflows({ filter, create, clear, showAll }: { filter: ListFilter; create: ReactNode; clear: () => void; showAll: () => void }) {
  const all = <Button onClick={showAll}>Show all workflows</Button>;
  if (isNarrowed(filter)) {
    const title = filter.search === "" ? "Nothing fits these filters" : `Nothing says “${filter.search}”`;
    return (
      <EmptyState icon={SearchX} title={title} actions={<Button onClick={clear}>Clear the filters</Button>}>
        The search looks into names, descriptions and the steps of the drafts{filter.folder === null ? "" : ", in this folder"}.
      </EmptyState>
    );
  }
  if (filter.folder !== null) {
    return (
      <EmptyState icon={Folder} title={filter.folder === "none" ? "Every workflow is in a folder" : "This folder is empty"} actions={<>{create}{all}</>}>
        Drag workflows here, or choose “Move to folder” in their menu.
      </EmptyState>
    );
  }
  switch (filter.shelf) {
    case "favorites":
      return <EmptyState icon={Star} title="You have no favourites yet" actions={all}>The star beside a workflow keeps it at the top of your lists. Others do not see it.</EmptyState>;
    case "archived":
      return <EmptyState icon={Archive} title="The archive is empty" actions={all}>Archived workflows do not run; they and their runs are kept and can be restored.</EmptyState>;
    case "deleted":
      return <EmptyState icon={Trash2} title="Nothing was deleted" actions={all}>What is deleted can be taken back from here.</EmptyState>;
    case "active":
      return (
        <EmptyState icon={Workflow} title="Build your first workflow" actions={create}>
          A workflow is a graph of steps. Edit its draft, publish a version, run it; every step is stored as it happens, so a run goes on after a crash. The quickest way in is a template.
        </EmptyState>
      );
  }
}
