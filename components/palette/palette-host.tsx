"use client";

import dynamic from "next/dynamic";
import { createContext, useContext, useEffect, useEffectEvent, useState, type ReactNode } from "react";
import { PageCommandsProvider } from "./page-commands";
import { isPaletteKey } from "./palette-key";
import { isMac } from "./platform";

const loadPalette = () => import("./palette");
const Palette = dynamic(() => loadPalette().then(({ Palette: Loaded }) => Loaded), { ssr: false });
const NewWorkflowDialog = dynamic(() => import("@/components/workflows/new-workflow-dialog").then(({ NewWorkflowDialog: Dialog }) => Dialog), { ssr: false });
const TEMPLATE = { tab: "template" } as const;

const PaletteContext = createContext<{ open: () => void; prepare: () => void } | null>(null);

/** Holds the command palette, which is loaded when it is first wanted, and the dialogs that it opens from anywhere. */
export function PaletteHost({ children }: { children: ReactNode }) {
  const [isOpen, setOpen] = useState(false);
  const [wasOpened, setWasOpened] = useState(false);
  const [isCreating, setCreating] = useState(false);
  const show = (open: boolean) => {
    setOpen(open);
    if (open) setWasOpened(true);
  };
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (event.defaultPrevented || !isPaletteKey(event, isMac())) return;
    // What somebody fills in stays in front.
    if (!isOpen && document.querySelector('[role="dialog"][data-state="open"], [role="alertdialog"][data-state="open"]') !== null) return;
    event.preventDefault();
    show(!isOpen);
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent) => onKey(event);
    window.addEventListener("keydown", listen);
    return () => window.removeEventListener("keydown", listen);
  }, []);
  return (
    <PageCommandsProvider>
      <PaletteContext value={{ open: () => show(true), prepare: () => void loadPalette() }}>
        {children}
        {wasOpened ? <Palette open={isOpen} onOpenChange={show} createWorkflow={() => setCreating(true)} /> : null}
        {isCreating ? <NewWorkflowDialog beginning={TEMPLATE} close={() => setCreating(false)} /> : null}
      </PaletteContext>
    </PageCommandsProvider>
  );
}

export function usePalette() {
  const value = useContext(PaletteContext);
  if (value === null) throw new Error("usePalette is only for what PaletteHost holds");
  return value;
}
