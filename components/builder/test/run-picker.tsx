"use client";

import { History } from "lucide-react";
import dynamic from "next/dynamic";
import { useState } from "react";
import { useMay } from "@/components/shell/workspace-context";
import { Button } from "@/components/ui/button";
import { Popover, PopoverContent, PopoverTrigger } from "@/components/ui/popover";
import { SkeletonRows } from "@/components/ui/skeleton";
import { useTestBench } from "./test-context";

const RunChoices = dynamic(() => import("./run-choices").then((module) => module.RunChoices), { ssr: false, loading: () => <SkeletonRows count={4} /> });

/** Which run's data the canvas, the previews and the pins are taken from. */
export function RunPicker() {
  const { workflowId, chosen, chooseRun } = useTestBench();
  const [isOpen, setOpen] = useState(false);
  const mayRead = useMay("run:read");
  if (!mayRead) return null;
  return (
    <Popover open={isOpen} onOpenChange={setOpen}>
      <PopoverTrigger asChild>
        <Button size="icon-sm" variant="ghost" aria-label="Take the data of another run" title="Take the data of another run">
          <History aria-hidden />
        </Button>
      </PopoverTrigger>
      <PopoverContent className="flex max-h-[min(26rem,60dvh)] w-96 max-w-[calc(100vw-1rem)] flex-col p-0" aria-label="Runs of this workflow">
        <RunChoices
          workflowId={workflowId}
          chosen={chosen?.runId ?? null}
          onPick={(runId) => {
            setOpen(false);
            chooseRun(runId);
          }}
        />
      </PopoverContent>
    </Popover>
  );
}
