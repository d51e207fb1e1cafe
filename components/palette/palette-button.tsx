"use client";

import { Search } from "lucide-react";
import { Button } from "@/components/ui/button";
import { usePalette } from "./palette-host";
import { usePaletteKeyText } from "./platform";

const NAME = "Search or run a command";

/** In the side bar: looks like the field that it opens. */
export function PaletteButton() {
  const { open, prepare } = usePalette();
  const keys = usePaletteKeyText();
  return (
    <button
      type="button"
      onClick={open}
      onPointerEnter={prepare}
      onFocus={prepare}
      aria-keyshortcuts="Control+K Meta+K"
      className="flex h-8 w-full items-center gap-2 rounded-md border bg-card px-2.5 text-sm text-muted-foreground hover:bg-accent hover:text-accent-foreground"
    >
      <Search className="size-4" aria-hidden />
      <span className="flex-1 text-left">
        Search<span className="sr-only"> or run a command</span>
      </span>
      <kbd aria-hidden className="font-sans text-xs">
        {keys}
      </kbd>
    </button>
  );
}

/** In the bar of narrow screens. */
export function PaletteIconButton() {
  const { open, prepare } = usePalette();
  return (
    <Button variant="ghost" size="icon" onClick={open} onFocus={prepare} aria-label={NAME}>
      <Search aria-hidden />
    </Button>
  );
}
