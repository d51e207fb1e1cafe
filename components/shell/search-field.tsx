"use client";

import { Search } from "lucide-react";
import { useEffect, useEffectEvent, useState } from "react";
import { cn } from "@/components/ui/class-names";
import { Input } from "@/components/ui/input";

const PAUSE_MILLISECONDS = 250;

/** Tells the text once the person stops typing. */
export function SearchField({ value, onSearch, label, className }: { value: string; onSearch: (text: string) => void; label: string; className?: string }) {
  const [text, setText] = useState(value);
  const [told, setTold] = useState(value);
  // What was said here comes back by the address, after more may have been typed.
  const [said, setSaid] = useState(value);
  if (told !== value) {
    setTold(value);
    if (value !== said) setText(value);
    setSaid(value);
  }
  const tell = useEffectEvent(onSearch);
  useEffect(() => {
    if (text === told) return;
    const timer = setTimeout(() => {
      setSaid(text);
      tell(text);
    }, PAUSE_MILLISECONDS);
    return () => clearTimeout(timer);
  }, [text, told]);
  return (
    <div className={cn("relative", className)}>
      <Search className="pointer-events-none absolute top-1/2 left-3 size-4 -translate-y-1/2 text-muted-foreground" aria-hidden />
      <Input type="search" aria-label={label} placeholder={label} value={text} onChange={(event) => setText(event.target.value)} className="pl-9" />
    </div>
  );
}
