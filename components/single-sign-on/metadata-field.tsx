"use client";

import { useMutation } from "@tanstack/react-query";
import { FileUp } from "lucide-react";
import { useRef, useState, type ChangeEvent } from "react";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import type { ReadMetadata } from "@/server/sso/contract";

/** Fills the form from what the provider says of itself; also when its certificates change. */
export function MetadataField({ take }: { take: (read: ReadMetadata) => void }) {
  const trpc = useTRPC();
  const [url, setUrl] = useState("");
  const file = useRef<HTMLInputElement>(null);
  const read = useMutation(trpc.sso.readMetadata.mutationOptions({ onSuccess: take }));
  const readFile = async ({ target }: ChangeEvent<HTMLInputElement>) => {
    const [chosen] = target.files ?? [];
    if (chosen !== undefined) read.mutate({ xml: await chosen.text() });
    target.value = "";
  };
  return (
    <Field label="Metadata of the provider" hint={read.isSuccess ? "Read. Check the fields below, then save." : "Its address, or its XML file: fills in the fields below."} error={read.isError ? readRefusal(read.error).message : null}>
      {(control) => (
        <div className="flex flex-wrap gap-2">
          <Input {...control} type="url" className="min-w-40 flex-1" placeholder="https://login.example.com/metadata.xml" value={url} onChange={(event) => setUrl(event.target.value)} />
          <Button disabled={url.trim() === "" || read.isPending} onClick={() => read.mutate({ url: url.trim() })}>{read.isPending ? "Reading …" : "Read"}</Button>
          <Button disabled={read.isPending} onClick={() => file.current?.click()}><FileUp aria-hidden />File</Button>
          <input ref={file} type="file" accept=".xml,application/xml,text/xml" aria-label="Metadata file" className="hidden" onChange={(event) => void readFile(event)} />
        </div>
      )}
    </Field>
  );
}
