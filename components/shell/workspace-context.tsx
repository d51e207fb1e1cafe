"use client";

import { createContext, useContext, type ReactNode } from "react";
import type { Me } from "@/server/auth/contract";

export type CurrentWorkspace = Me["workspaces"][number];

interface Workspace {
  current: CurrentWorkspace;
  all: readonly CurrentWorkspace[];
  user: Me["user"];
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

/** Address of a page of this workspace. */
export function useHref(): (path: string) => string {
  const { current } = useWorkspace();
  return (path) => `/${current.slug}${path}`;
}
