"use client";

import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { toast } from "./toast";
import { Button } from "./button";

const SHOWN_MILLISECONDS = 1_500;

export function CopyButton({ text, label = "Copy", showLabel = false }: { text: string | (() => Promise<string>); label?: string; showLabel?: boolean }) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), SHOWN_MILLISECONDS);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(typeof text === "string" ? text : await text());
      setCopied(true);
    } catch {
      toast.error("The browser did not allow copying. Select the text and copy it by hand.");
    }
  };
  const name = copied ? "Copied" : label;
  return (
    <Button variant="ghost" size={showLabel ? "sm" : "icon-sm"} onClick={() => void copy()} aria-label={name} title={name}>
      {copied ? <Check aria-hidden /> : <Copy aria-hidden />}
      {showLabel ? name : null}
    </Button>
  );
}
