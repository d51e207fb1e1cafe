"use client";

import { createContext, useContext, type ReactNode } from "react";
import type { Me } from "@/server/auth/contract";

export type CurrentWorkspace = Me["workspaces"][number];

interface Workspace {
  current: CurrentWorkspace;
  all: readonly CurrentWorkspace[];
  user: Me["user"];
  organizations: Me["organizations"];
}

const WorkspaceContext = createContext<Workspace | null>(null);

export function WorkspaceProvider({ value, children }: { value: Workspace; children: ReactNode }) {
  return <WorkspaceContext value={value}>{children}</WorkspaceContext>;
}

export function useWorkspace(): Workspace {
  const value = useContext(WorkspaceContext);
  if (value === null) throw new Error("useWorkspace is only for pages of a workspace");
  return value;
}

/** Whether to offer an action. The server decides again. */
export function useMay(permission: string): boolean {
  return useWorkspace().current.permissions.includes(permission);
}

/** The same for what belongs to no folder: tags, blocks, templates. */
export function useMayEverywhere(permission: string): boolean {
  return useWorkspace().current.everywhere.includes(permission);
}

/** The organization of this workspace, with what the person may do in it as such. */
export function useOrganization(): Me["organizations"][number] | null {
  const { current, organizations } = useWorkspace();
  return organizations.find(({ id }) => id === current.organizationId) ?? null;
}

/** Address of a page of this workspace. */
export function useHref(): (path: string) => string {
  const { current } = useWorkspace();
  return (path) => `/${current.slug}${path}`;
}
