"use client";

import type { LucideIcon } from "lucide-react";
import { createContext, useContext, useEffect, useId, useState, type ReactNode } from "react";

export interface PageCommand {
  label: string;
  icon: LucideIcon;
  run: () => void;
}

/** What the page that is open offers, told by the page itself: it knows what is possible and who may do it. */
class PageCommands {
  readonly #byPart = new Map<string, readonly PageCommand[]>();

  put(part: string, commands: readonly PageCommand[]): void {
    this.#byPart.set(part, commands);
  }

  remove(part: string): void {
    this.#byPart.delete(part);
  }

  all(): PageCommand[] {
    return [...this.#byPart.values()].flat();
  }
}

const PageCommandsContext = createContext<PageCommands | null>(null);

export function PageCommandsProvider({ children }: { children: ReactNode }) {
  const [commands] = useState(() => new PageCommands());
  return <PageCommandsContext value={commands}>{children}</PageCommandsContext>;
}

/** Offers commands in the palette as long as the part of the page is shown. Falsy entries are left out. */
export function usePageCommands(commands: readonly (PageCommand | false | null)[]): void {
  const store = useContext(PageCommandsContext);
  const part = useId();
  useEffect(() => store?.put(part, commands.filter((command) => command !== false && command !== null)));
  useEffect(() => () => store?.remove(part), [store, part]);
}

export function useCommandsOfPage(): PageCommand[] {
  return useContext(PageCommandsContext)?.all() ?? [];
}
