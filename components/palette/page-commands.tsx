"use client";

import type { LucideIcon } from "lucide-react";
import { createContext, useContext, useEffect, useId, useState, useSyncExternalStore, type ReactNode } from "react";

export interface PageCommand {
  label: string;
  icon: LucideIcon;
  run: () => void;
}

const NONE: readonly PageCommand[] = [];
const nothingToHear = (): (() => void) => () => undefined;

/** What the page that is open offers, told by the page itself: it knows what is possible and who may do it. */
class PageCommands {
  readonly #byPart = new Map<string, readonly PageCommand[]>();
  readonly #listeners = new Set<() => void>();
  #all: readonly PageCommand[] = NONE;

  put(part: string, commands: readonly PageCommand[]): void {
    this.#byPart.set(part, commands);
    this.#tell();
  }

  remove(part: string): void {
    this.#byPart.delete(part);
    this.#tell();
  }

  readonly all = (): readonly PageCommand[] => this.#all;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  #tell(): void {
    this.#all = [...this.#byPart.values()].flat();
    for (const listener of this.#listeners) listener();
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

export function useCommandsOfPage(): readonly PageCommand[] {
  const store = useContext(PageCommandsContext);
  const read = store?.all ?? (() => NONE);
  return useSyncExternalStore(store?.subscribe ?? nothingToHear, read, read);
}
