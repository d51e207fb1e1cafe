import { ControlButton, useReactFlow } from "@xyflow/react";
import { Search } from "lucide-react";
import dynamic from "next/dynamic";
import { useEffect, useState } from "react";
import { REDUCED_MOTION } from "@/components/shell/use-media-query";
import type { GraphNode } from "./read-graph";

const ChoiceDialog = dynamic(() => import("@/components/builder/choice-dialog").then((module) => module.ChoiceDialog), { ssr: false });

export interface FindButtonProps {
  nodes: readonly GraphNode[];
  selected: string | null;
  onSelect: (id: string) => void;
}

/** Finds a step of the canvas by its name, its id or anything in its config, and shows it. */
export function FindButton({ nodes, selected, onSelect }: FindButtonProps) {
  const [isOpen, setOpen] = useState(false);
  const [found, setFound] = useState<string | null>(null);
  const { fitView } = useReactFlow();
  // Frames around it are opened first.
  useEffect(() => {
    if (found === null || found !== selected) return;
    const frame = requestAnimationFrame(() => {
      void fitView({ nodes: [{ id: found }], maxZoom: 1, duration: window.matchMedia(REDUCED_MOTION).matches ? 0 : 200 });
      setFound(null);
    });
    return () => cancelAnimationFrame(frame);
  }, [found, selected, fitView]);
  const choose = (id: string) => {
    setFound(id);
    onSelect(id);
  };
  return (
    <>
      <ControlButton aria-label="Find a step" title="Find a step" onClick={() => setOpen(true)}>
        <Search aria-hidden className="fill-none!" />
      </ControlButton>
      {isOpen ? (
        <ChoiceDialog
          title="Find a step"
          placeholder="Name, id or config …"
          empty="No step holds that."
          choices={nodes.map(({ id, name, kind, config }) => ({ label: name === "" ? id : name, hint: id, words: `${kind} ${JSON.stringify(config)}`, choose: () => choose(id) }))}
          close={() => setOpen(false)}
        />
      ) : null}
    </>
  );
}
