"use client";

import { useEffect, useState } from "react";
import { Input } from "@/components/ui/input";

const SETTLED_MILLISECONDS = 250;

/** Searches when somebody stops typing. */
export function SearchBox({ label, onSearch }: { label: string; onSearch: (text: string) => void }) {
  const [text, setText] = useState("");
  useEffect(() => {
    const timer = setTimeout(() => onSearch(text.trim()), SETTLED_MILLISECONDS);
    return () => clearTimeout(timer);
  }, [text, onSearch]);
  return <Input type="search" aria-label={label} placeholder={label} className="w-52" maxLength={200} value={text} onChange={(event) => setText(event.target.value)} />;
}
