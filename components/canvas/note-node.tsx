"use client";

import type { NodeProps } from "@xyflow/react";
import { PencilLine, Trash2 } from "lucide-react";
import { memo, useContext, useEffect, useRef, useState } from "react";
import { cn } from "@/components/ui/class-names";
import type { AnnotationColor } from "@/server/engine/definition";
import { CanvasEditingContext } from "./editing";
import type { NoteNode as NoteNodeType } from "./flow";
import { NOTE_LEAST } from "./note-least";
import { NOTE_LOOKS } from "./note-looks";
import { ResizeGrip } from "./resize-grip";
import { NoteWritingContext } from "./writing";

/** A note stuck on the canvas: plain text, written by double-click or Enter. */
export const NoteNode = memo(function NoteNode({ id, data, selected, width = 0, height = 0 }: NodeProps<NoteNodeType>) {
  const { annotation } = data;
  const editing = useContext(CanvasEditingContext);
  const { written, write } = useContext(NoteWritingContext);
  const isWriting = written === annotation.id;
  const leave = () => {
    editing?.leaveNote();
    write(null);
  };
  return (
    <div
      data-note={annotation.id}
      className={cn("relative size-full rounded-md border shadow-xs", NOTE_LOOKS[annotation.color].paper, selected && "ring-2 ring-ring", isWriting && "will-change-[opacity]")}
      onDoubleClick={() => (editing === null ? undefined : write(annotation.id))}
    >
      {isWriting && editing !== null ? (
        <NoteText text={annotation.text} onWrite={(text) => editing.writeNote(annotation.id, text)} onLeave={leave} />
      ) : (
        <p className="size-full overflow-hidden p-3 text-[13px] leading-snug break-words whitespace-pre-wrap">
          {annotation.text === "" ? <span className="opacity-60">{editing === null ? "" : "Double-click or F2 to write"}</span> : annotation.text}
        </p>
      )}
      {editing === null ? null : (
        <>
          {selected ? (
            <NoteTools
              color={annotation.color}
              onColor={(color) => editing.colorNote(annotation.id, color)}
              onWrite={() => write(annotation.id)}
              onRemove={() => editing.removeNote(annotation.id)}
            />
          ) : null}
          <ResizeGrip nodeId={id} name="the note" size={{ width, height }} least={NOTE_LEAST} isSelected={selected === true} />
        </>
      )}
    </div>
  );
});

/** Keeps what is typed itself: the draft has it after a pause. */
function NoteText({ text, onWrite, onLeave }: { text: string; onWrite: (text: string) => void; onLeave: () => void }) {
  const area = useRef<HTMLTextAreaElement>(null);
  const [written, setWritten] = useState(text);
  useEffect(() => area.current?.focus(), []);
  return (
    <textarea
      ref={area}
      aria-label="Text of the note"
      className="nodrag nowheel nopan size-full resize-none bg-transparent p-3 text-[13px] leading-snug outline-none"
      value={written}
      onChange={(event) => {
        setWritten(event.target.value);
        onWrite(event.target.value);
      }}
      onBlur={onLeave}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key !== "Escape") return;
        const node = event.currentTarget.closest<HTMLElement>(".react-flow__node");
        onLeave();
        node?.focus();
      }}
    />
  );
}

interface NoteToolsProps {
  color: AnnotationColor;
  onColor: (color: AnnotationColor) => void;
  onWrite: () => void;
  onRemove: () => void;
}

function NoteTools({ color, onColor, onWrite, onRemove }: NoteToolsProps) {
  return (
    <div className="nodrag nopan absolute -top-9 left-0 flex items-center gap-1 rounded-md border bg-card p-1 shadow-sm">
      <Colors chosen={color} onChoose={onColor} />
      <button type="button" aria-label="Write the note" title="Write the note (F2)" onClick={onWrite} className="ml-1 flex size-5 items-center justify-center rounded-sm text-muted-foreground hover:bg-accent">
        <PencilLine className="size-3.5" aria-hidden />
      </button>
      <button type="button" aria-label="Delete the note" title="Delete the note (Delete)" onClick={onRemove} className="flex size-5 items-center justify-center rounded-sm text-destructive hover:bg-accent">
        <Trash2 className="size-3.5" aria-hidden />
      </button>
    </div>
  );
}

function Colors({ chosen, onChoose }: { chosen: AnnotationColor; onChoose: (color: AnnotationColor) => void }) {
  return (
    <div role="group" aria-label="Colour of the note" className="flex gap-1">
      {Object.entries(NOTE_LOOKS).map(([color, { label, dot }]) => (
        <button
          key={color}
          type="button"
          aria-label={label}
          aria-pressed={color === chosen}
          title={label}
          onClick={() => onChoose(color as AnnotationColor)}
          className={cn("size-4 rounded-full border border-input", dot, color === chosen && "ring-2 ring-ring")}
        />
      ))}
    </div>
  );
}
