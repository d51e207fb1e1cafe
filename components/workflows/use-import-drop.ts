"use client";

import { useEffect, useState, type DragEvent } from "react";
import { carriesFiles } from "@/components/organizing/dragging";
import { looksLikeWorkflows, readFiles } from "./read-files";

/** Files that are dropped onto the page, and workflows that are pasted where no field takes them. */
export function useImportDrop(isOn: boolean, onText: (text: string) => void) {
  const [isOver, setOver] = useState(false);
  useEffect(() => {
    if (!isOn) return;
    const paste = (event: ClipboardEvent) => {
      if (event.target instanceof Element && event.target.closest("input, textarea, [contenteditable=true], [role=dialog]") !== null) return;
      const files = event.clipboardData?.files;
      const text = event.clipboardData?.getData("text/plain") ?? "";
      if (files !== undefined && files.length > 0) void readFiles(files).then(onText);
      else if (looksLikeWorkflows(text)) onText(text);
      else return;
      event.preventDefault();
    };
    document.addEventListener("paste", paste);
    return () => document.removeEventListener("paste", paste);
  }, [isOn, onText]);
  const props = {
    onDragOver: (event: DragEvent) => {
      if (!isOn || !carriesFiles(event)) return;
      event.preventDefault();
      setOver(true);
    },
    onDragLeave: (event: DragEvent) => {
      if (!(event.relatedTarget instanceof Node) || !event.currentTarget.contains(event.relatedTarget)) setOver(false);
    },
    onDrop: (event: DragEvent) => {
      setOver(false);
      if (!isOn || !carriesFiles(event) || event.dataTransfer.files.length === 0) return;
      event.preventDefault();
      void readFiles(event.dataTransfer.files).then(onText);
    },
  };
  return { isOver, props };
}
